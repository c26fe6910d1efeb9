package definition

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Activate lets labs be booked from a definition again. Being active already is no change. Codes: definition_not_synced,
// invalid_transition.
func (d *Definition) Activate(act parts.Act) error {
	if d.Status == lifecycle.DefinitionPendingSync {
		return d.Bookable()
	}
	if done, err := d.moves(lifecycle.DefinitionActive); done || err != nil {
		return err
	}
	d.moved(lifecycle.DefinitionActive, act, EventActivated, activated{AggregateID: d.ID, ActivatedBy: act.By, ActivatedAt: act.At})
	return nil
}

// Deactivate lets no more labs be booked for now; what is booked stays. Codes: invalid_transition.
func (d *Definition) Deactivate(act parts.Act) error {
	if done, err := d.moves(lifecycle.DefinitionInactive); done || err != nil {
		return err
	}
	d.moved(lifecycle.DefinitionInactive, act, EventDeactivated, deactivated{
		AggregateID: d.ID, DeactivatedBy: act.By, DeactivatedAt: act.At, Reason: act.Reason,
	})
	return nil
}

// Deprecate lets no more labs be booked for good, and may name the version to take instead. Codes: invalid_transition.
func (d *Definition) Deprecate(replacement string, act parts.Act) error {
	if done, err := d.moves(lifecycle.DefinitionDeprecated); done || err != nil {
		return err
	}
	d.Deprecation = &Deprecation{By: act.By, At: act.At, Reason: act.Reason, ReplacementVersion: replacement}
	d.moved(lifecycle.DefinitionDeprecated, act, EventDeprecated, deprecated{
		AggregateID: d.ID, Name: d.Name, Version: d.Version, Deprecation: *d.Deprecation,
	})
	return nil
}

// Archive puts a deprecated definition away; whoever calls has made sure that no lab of it lives. Codes: invalid_transition.
func (d *Definition) Archive(act parts.Act) error {
	if done, err := d.moves(lifecycle.DefinitionArchived); done || err != nil {
		return err
	}
	d.moved(lifecycle.DefinitionArchived, act, EventArchived, archived{AggregateID: d.ID, ArchivedBy: act.By, ArchivedAt: act.At})
	return nil
}

// Delete takes a definition out of every list; its content is kept for what was booked from it. Whoever calls has made sure
// that no lab of it lives.
func (d *Definition) Delete(act parts.Act) error {
	if done, err := d.moves(lifecycle.DefinitionDeleted); done || err != nil {
		return err
	}
	d.moved(lifecycle.DefinitionDeleted, act, EventDeleted, deleted{AggregateID: d.ID, DeletedBy: act.By, DeletedAt: act.At})
	return nil
}

// moves reports whether a status is reached already, or why the table does not lead to it.
func (d *Definition) moves(to lifecycle.DefinitionStatus) (done bool, err error) {
	switch {
	case d.Status == to:
		return true, nil
	case !lifecycle.Definitions().Allows(d.Status, to):
		return false, failure.New(failure.Conflict, "invalid_transition", "A definition that is %s cannot become %s.", d.Status, to)
	default:
		return false, nil
	}
}

func (d *Definition) moved(to lifecycle.DefinitionStatus, act parts.Act, event string, data any) {
	d.Status, d.UpdatedAt = to, act.At
	d.Raise(event, data)
}

package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

// CreateInstance books a lab for the caller, or for another person where the caller manages. A repeat with the same
// idempotency key answers the same instance. Codes: owner_not_yours, definition_not_found, definition_not_synced,
// definition_not_active, timeslot_*, reservation_exists.
func (c *Commands) CreateInstance(ctx context.Context, req api.CreateInstance) (*instance.Instance, repo.Meta, error) {
	body := req.Body
	owner, err := ownerOf(ctx, body.OwnerID)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	// What is looked up here is judged only when the request turns out not to be a repeat.
	spec, specErr := c.specOf(ctx, body, owner)
	i, meta, err := c.d.Instances.CreateOnce(ctx, func(id string) (*instance.Instance, error) {
		if specErr != nil {
			return nil, specErr
		}
		return instance.New(id, spec, c.act(ctx))
	})
	if failure.CodeOf(err) == "instance_exists" && body.ReservationID != "" {
		return nil, repo.Meta{}, failure.Wrap(err, failure.Conflict, "reservation_exists", "reservation %s has an instance already", body.ReservationID)
	}
	return i, meta, err
}

// ownerOf says whose the instance will be.
func ownerOf(ctx context.Context, wanted string) (string, error) {
	caller := call.From(ctx)
	if wanted == "" || wanted == caller.Actor {
		return caller.Actor, nil
	}
	if !manages(caller) {
		return "", failure.New(failure.Forbidden, "owner_not_yours", "only admin and manager may book for another person")
	}
	return wanted, nil
}

func (c *Commands) specOf(ctx context.Context, body api.CreateInstanceBody, owner string) (instance.Spec, error) {
	d, err := c.bookable(ctx, body.DefinitionID)
	if err != nil {
		return instance.Spec{}, err
	}
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return instance.Spec{}, err
	}
	lead := s.Timing.InstantiationMinutes
	if d.BootLeadMinutes != nil {
		lead = *d.BootLeadMinutes
	}
	spec := instance.Spec{
		Definition: instance.Definition{ID: d.ID, Name: d.Name, Version: d.Version, GradingRulesURI: d.GradingRulesURI},
		Needs: instance.Needs{
			Requirements: d.Requirements, Nodes: d.NodeCount, PortNames: d.PortTemplate.Names(), LicenseAffinity: d.LicenseAffinity,
		},
		OwnerID: owner, ReservationID: body.ReservationID, GroupID: body.GroupID, Start: body.TimeslotStart, End: body.TimeslotEnd,
		Lead: minutes(lead), Max: time.Duration(d.MaxDurationMinutes) * time.Minute,
	}
	if body.DurationMinutes != nil {
		spec.Duration = minutes(*body.DurationMinutes)
	}
	return spec, nil
}

// bookable finds a definition from which labs may be booked.
func (c *Commands) bookable(ctx context.Context, id string) (*definition.Definition, error) {
	d, _, err := c.d.Definitions.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	switch d.Status {
	case lifecycle.DefinitionActive:
		return d, nil
	case lifecycle.DefinitionPendingSync:
		return nil, failure.New(failure.Conflict, "definition_not_synced", "the definition's content has not been synced yet")
	default:
		return nil, failure.New(failure.Conflict, "definition_not_active", "the definition is %s", d.Status)
	}
}

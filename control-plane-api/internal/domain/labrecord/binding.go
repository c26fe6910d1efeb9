package labrecord

import (
	"cmp"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The roles of a binding.
const (
	RolePrimary   = "primary"
	RoleSecondary = "secondary"
	RoleAuxiliary = "auxiliary"
)

// The statuses of a binding.
const (
	BindingActive   = "active"
	BindingReleased = "released"
)

// Binding says for which instance a lab runs.
type Binding struct {
	ID         string            `json:"binding_id"`
	InstanceID string            `json:"lablet_instance_id"`
	Role       string            `json:"role"`
	Status     string            `json:"status"`
	BoundAt    time.Time         `json:"bound_at"`
	UnboundAt  *time.Time        `json:"unbound_at,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Metadata   map[string]string `json:"metadata,omitempty"`
}

// Bound is the active binding, nil without one.
func (l *LabRecord) Bound() *Binding {
	i := slices.IndexFunc(l.Bindings, func(b Binding) bool { return b.Status == BindingActive })
	if i < 0 {
		return nil
	}
	return &l.Bindings[i]
}

// Bind lets the lab serve an instance; it serves one at a time. The same binding again is no change. Codes: lab_terminal,
// invalid_transition for a lab that CML lost, lab_bound, action_pending, bad_role.
func (l *LabRecord) Bind(id, instanceID, role string, metadata map[string]string, act parts.Act) error {
	role = cmp.Or(role, RolePrimary)
	if !slices.Contains([]string{RolePrimary, RoleSecondary, RoleAuxiliary}, role) {
		return failure.New(failure.Invalid, "bad_role", "%q is not a role of a lab.", role)
	}
	switch bound := l.Bound(); {
	case bound != nil && bound.InstanceID == instanceID:
		return nil
	case bound != nil:
		return l.serving()
	case l.Terminal():
		return l.over()
	case l.Status == lifecycle.LabOrphaned:
		return failure.New(failure.Conflict, "invalid_transition", "A lab that is %s serves nobody.", l.Status)
	case l.Pending != nil:
		return l.busy()
	}
	l.Bindings = last(append(l.Bindings, Binding{
		ID: id, InstanceID: instanceID, Role: role, Status: BindingActive, BoundAt: act.At, Metadata: metadata,
	}), maxBindings)
	l.UpdatedAt = act.At
	l.Raise(EventBound, bound{base: l.base(), LabletInstanceID: instanceID, BindingID: id, BindingRole: role, BoundAt: act.At})
	return nil
}

// Unbind lets the lab serve an instance no more. Without such a binding nothing changes.
func (l *LabRecord) Unbind(instanceID string, act parts.Act) {
	binding := l.Bound()
	if binding == nil || binding.InstanceID != instanceID {
		return
	}
	binding.Status, binding.UnboundAt, binding.Reason = BindingReleased, &act.At, act.Reason
	l.Ports, l.UpdatedAt = nil, act.At
	l.Raise(EventUnbound, unbound{
		base: l.base(), LabletInstanceID: instanceID, BindingID: binding.ID, Reason: act.Reason, UnboundAt: act.At,
	})
}

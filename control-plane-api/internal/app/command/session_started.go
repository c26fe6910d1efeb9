package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// SessionStarted tells that the candidate began, by the LDS session. Codes: instance_not_found, invalid_transition.
func (c *Commands) SessionStarted(ctx context.Context, req api.SessionStarted) (api.Ack, error) {
	session := req.Body.LDSSessionID
	none := failure.New(failure.NotFound, "instance_not_found", "no instance has the LDS session %s", session)
	if session == "" {
		return api.Ack{}, none
	}
	found, err := c.d.Instances.Find(ctx, store.Query{Equal: map[string][]string{FieldSession: {session}}, Limit: 1, Desc: true})
	if err != nil {
		return api.Ack{}, err
	}
	if len(found) == 0 {
		return api.Ack{}, none
	}
	ch, err := c.updateInstance(call.AtGeneration(ctx, 0), found[0].Value.ID, func(i *instance.Instance, act parts.Act) error {
		if i.LDSSessionID != session {
			return none
		}
		return i.Run(act.Because("session_started"))
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

package process

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
)

// labActions fails the actions on labs that nobody carried out in time.
func (p *Processes) labActions(ctx context.Context, _ time.Time, _ settings.Effective) error {
	result, err := p.d.Commands.TimeOutLabActions(ctx, "")
	failed := []error{err}
	for _, one := range result.Errors {
		failed = append(failed, failure.New(failure.Internal, one.Code, "lab %s: %s", one.LabID, one.Message))
	}
	return errors.Join(failed...)
}

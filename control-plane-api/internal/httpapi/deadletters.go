package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
)

// DeadLetters keeps events that the sink does not take.
type DeadLetters interface {
	// List gives a page of them, the oldest first.
	List(ctx context.Context, list api.List) (page.Page[api.DeadLetter], error)
	// Resend sends some again, now and in the order given.
	Resend(ctx context.Context, ids []string) (api.ResendResult, error)
}

func (s *server) deadLetterRoutes() {
	handle(s, api.RouteListDeadLetters, func(ctx context.Context, req *api.List) ([]api.DeadLetter, error) {
		found, err := s.DeadLetters.List(ctx, *req)
		return answerPage(ctx, found, err)
	})
	handle(s, api.RouteResendDeadLetters, func(ctx context.Context, req *api.ResendDeadLetters) (api.ResendResult, error) {
		return s.DeadLetters.Resend(ctx, req.Body.IDs)
	})
}

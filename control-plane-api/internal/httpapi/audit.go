package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) auditRoutes() {
	handle(s, api.RouteListAudit, func(ctx context.Context, req *api.ListAudit) ([]api.AuditEntry, error) {
		found, err := s.Audit.List(ctx, *req)
		return answerPage(ctx, found, err)
	})
	handle(s, api.RouteVerifyAudit, func(ctx context.Context, req *api.VerifyAudit) (api.AuditVerdict, error) {
		return s.Audit.Verify(ctx, *req)
	})
}

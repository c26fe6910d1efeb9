package httpapi

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// sessionInfo reads the session without renewing it: pages ask often.
func (s *server) sessionInfo(ctx context.Context, _ *api.None) (api.SessionInfo, error) {
	v := visitorOf(ctx)
	if s.Sessions == nil || v.id.IsZero() {
		return s.described(v.id, nil), nil
	}
	kept, err := s.Sessions.Get(ctx, v.id)
	if failure.Is(err, failure.Unauthenticated) {
		return s.described(v.id, nil), nil
	}
	if err != nil {
		return api.SessionInfo{}, err
	}
	return s.described(v.id, &kept), nil
}

func (s *server) described(id secret.String, kept *session.Session) api.SessionInfo {
	info := api.SessionInfo{SessionExpirationWarningMinutes: int(s.Web.Warning / time.Minute)}
	if s.Sessions != nil {
		info.SessionMaxDurationMinutes = int(s.Sessions.Lasts() / time.Minute)
	}
	if kept != nil {
		ends := kept.Ends
		info.Authenticated, info.ExpiresAt, info.CSRFToken = true, &ends, csrfToken(id)
		info.ExpiresInSeconds = int(max(0, ends.Unix()-s.now().Unix()))
	}
	return info
}

func (s *server) refreshSession(ctx context.Context, _ *api.None) (api.RefreshedTokens, error) {
	kept, err := s.Sessions.Renew(ctx, visitorOf(ctx).id)
	if err != nil {
		return api.RefreshedTokens{}, err
	}
	return api.RefreshedTokens{AccessToken: kept.Tokens.Access.Reveal(), IDToken: kept.Tokens.ID.Reveal()}, nil
}

func (s *server) extendSession(ctx context.Context, _ *api.None) (api.SessionInfo, error) {
	v := visitorOf(ctx)
	kept, err := s.Sessions.Extend(ctx, v.id)
	if err != nil {
		return api.SessionInfo{}, err
	}
	v.keep(s.Web.sessionCookie(v.id, s.Sessions.Lasts()))
	return s.described(v.id, &kept), nil
}

// logout ends what the browser has. It is a link, so a page of another site could send people through it: the browser says so.
func (s *server) logout(ctx context.Context, _ *api.None) (api.None, error) {
	v := visitorOf(ctx)
	if v.elsewhere {
		return api.None{}, failure.New(failure.Forbidden, "csrf", "A page of another site cannot sign people out here.")
	}
	redirect(ctx, "/")
	v.keep(s.Web.sessionCookie(secret.String{}, 0))
	if s.Sessions == nil || s.Login == nil || v.id.IsZero() {
		return api.None{}, nil
	}
	kept, err := s.Sessions.End(ctx, v.id)
	if failure.Is(err, failure.Unauthenticated) {
		return api.None{}, nil
	}
	if err != nil {
		return api.None{}, err
	}
	s.logAccess(ctx, "signed out", kept.Subject)
	redirect(ctx, s.Login.SignOut(ctx, kept.Tokens.ID))
	return api.None{}, nil
}

package httpapi

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
)

func (s *server) authRoutes() {
	handle(s, api.RouteLogin, s.login)
	handle(s, api.RouteLoginCallback, s.loginCallback)
	handle(s, api.RouteSession, s.sessionInfo)
	handle(s, api.RouteRefreshSession, s.refreshSession)
	handle(s, api.RouteExtendSession, s.extendSession)
	handle(s, api.RouteLogout, s.logout)
	handle(s, api.RouteUser, func(ctx context.Context, _ *api.None) (api.UserInfo, error) {
		v := visitorOf(ctx)
		who := api.UserInfo{
			Subject: v.person.Subject, Username: v.person.Username, Name: v.person.Name, Email: v.person.Email, Roles: v.person.Roles, AuthenticatedBy: "bearer",
		}
		if who.Roles == nil {
			who.Roles = []api.Role{}
		}
		if v.session != nil {
			who.AuthenticatedBy = "session"
		}
		return who, nil
	})
	handle(s, api.RouteCheckAdmin, func(context.Context, *api.None) (api.AdminCheck, error) {
		return api.AdminCheck{Admin: true}, nil
	})
}

// redirect sends the browser elsewhere.
func redirect(ctx context.Context, address string) { replyOf(ctx).location = address }

func (s *server) login(ctx context.Context, _ *api.None) (api.None, error) {
	if s.Login == nil || s.Sessions == nil {
		return api.None{}, notConfigured()
	}
	address, attempt, err := s.Login.Begin(ctx)
	if failure.Is(err, failure.Unavailable) {
		// Whoever is here is a person before a browser, to whom our own page can explain it.
		s.log.WarnContext(ctx, "sign-in not begun", slog.Any("error", err), slog.String("request_id", requestID(ctx)))
		redirect(ctx, "/?auth_error="+url.QueryEscape(failure.CodeOf(err)))
		return api.None{}, nil
	}
	if err != nil {
		return api.None{}, err
	}
	visitorOf(ctx).keep(s.Web.attemptCookie(attempt, login.AttemptLasts))
	redirect(ctx, address)
	return api.None{}, nil
}

func (s *server) loginCallback(ctx context.Context, req *api.LoginCallback) (api.None, error) {
	if s.Login == nil || s.Sessions == nil {
		return api.None{}, notConfigured()
	}
	v := visitorOf(ctx)
	// An attempt is good for one answer.
	v.keep(s.Web.attemptCookie("", 0))
	subject, tokens, err := s.Login.Finish(ctx, v.attempt, login.Answer{Code: req.Code, State: req.State, Issuer: req.Issuer, Error: req.Error})
	if err != nil {
		return api.None{}, err
	}
	who, err := s.tokens.Verify(ctx, "Bearer "+tokens.Access.Reveal())
	if err != nil {
		return api.None{}, err
	}
	if who.Subject != subject {
		return api.None{}, failure.New(failure.Unauthenticated, "login_refused", "The identity provider's tokens are about different people.")
	}
	s.endQuietly(ctx, v.id)
	id, _, err := s.Sessions.Open(ctx, subject, tokens)
	if err != nil {
		return api.None{}, err
	}
	s.logAccess(ctx, "signed in", subject)
	v.keep(s.Web.sessionCookie(id, s.Sessions.Lasts()))
	redirect(ctx, "/")
	return api.None{}, nil
}

// endQuietly ends the session that a browser had before; that it cannot be ended keeps nobody from the new one.
func (s *server) endQuietly(ctx context.Context, id secret.String) {
	if id.IsZero() {
		return
	}
	if _, err := s.Sessions.End(ctx, id); err != nil && !failure.Is(err, failure.Unauthenticated) {
		s.log.WarnContext(ctx, "old session not ended", slog.Any("error", err), slog.String("request_id", requestID(ctx)))
	}
}

func (s *server) logAccess(ctx context.Context, what, subject string) {
	s.log.InfoContext(ctx, what, slog.String("subject", subject), slog.String("source_ip", call.From(ctx).SourceIP), slog.String("request_id", requestID(ctx)))
}

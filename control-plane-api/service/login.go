package service

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// sweepSessionsEvery is how often sessions that have ended are removed.
const sweepSessionsEvery = 10 * time.Minute

// buildLogin lets people sign in with a browser. Without a key to seal their tokens with there is no such sign-in, and its
// routes say so.
func (p *parts) buildLogin() error {
	if p.config.SecretKey.IsZero() {
		return nil
	}
	box, err := seal.New(p.config.SecretKey)
	if err != nil {
		return err
	}
	web := p.config.web()
	p.login = login.New(login.Config{
		Issuer: p.config.OIDC.IssuerURL(), Internal: p.config.OIDC.InternalURL(), ClientID: p.config.Web.ClientID, ClientSecret: p.config.Web.ClientSecret,
		Redirect: web.Origin + "/api/auth/callback", Home: web.Origin + "/", Box: box, HTTP: p.http, Now: p.now,
	})
	p.sessions = session.New(session.Config{
		Engine: p.engine, Box: box, Renewer: p.login, Now: p.now,
		Lasts: time.Duration(p.config.Web.SessionMinutes) * time.Minute, Leeway: time.Duration(p.config.Web.LeewaySeconds) * time.Second,
	})
	return nil
}

// edgeLogin adds what signs people in to what the edge needs.
func (p *parts) edgeLogin(deps httpapi.Deps) httpapi.Deps {
	deps.Login, deps.Sessions, deps.Web, deps.Now = p.login, p.sessions, p.config.web(), p.now
	deps.Limits = p.config.Load.limits()
	return deps
}

// sweepSessions removes sessions that have ended.
func (p *parts) sweepSessions(ctx context.Context) error {
	if p.sessions == nil {
		return nil
	}
	return p.sessions.Sweep(ctx)
}

package login

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// provider is an identity provider whose discovery document was read.
type provider struct {
	config     Config
	oauth      oauth2.Config
	ids        *oidc.IDTokenVerifier
	endSession string
}

// quietFor is the pause before a provider that did not answer is asked again, so that callers do not queue up for it.
const quietFor = 2 * time.Second

// find gives the provider; the first call that reaches its discovery document makes it.
func (l *Login) find(ctx context.Context) (*provider, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, away(ctx.Err())
	}
	if l.provider != nil {
		return l.provider, nil
	}
	if now := l.config.Now(); now.Before(l.failed.Add(quietFor)) {
		return nil, away(nil)
	}
	found, err := discover(ctx, l.config)
	if err != nil {
		l.failed = l.config.Now()
		return nil, away(err)
	}
	l.provider = found
	return found, nil
}

func discover(ctx context.Context, config Config) (*provider, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// Discovery and tokens name the public issuer, wherever we reach it.
	ctx = oidc.InsecureIssuerURLContext(oidc.ClientContext(ctx, config.HTTP), config.Issuer)
	found, err := oidc.NewProvider(ctx, config.Internal)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	var more struct {
		Keys       string `json:"jwks_uri"`
		EndSession string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	endpoint := found.Endpoint()
	p := &provider{config: config, endSession: config.public(more.EndSession)}
	p.oauth = oauth2.Config{
		ClientID: config.ClientID, ClientSecret: config.ClientSecret.Reveal(), RedirectURL: config.Redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
		Endpoint: oauth2.Endpoint{AuthURL: config.public(endpoint.AuthURL), TokenURL: config.internal(endpoint.TokenURL), AuthStyle: oauth2.AuthStyleInHeader},
	}
	if config.ClientSecret.IsZero() {
		p.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), config.HTTP)
	p.ids = oidc.NewVerifier(config.Issuer, oidc.NewRemoteKeySet(lasting, config.internal(more.Keys)), &oidc.Config{
		ClientID: config.ClientID, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}, Now: config.Now,
	})
	return p, nil
}

// public is an address of the provider as browsers reach it, internal the same as this service does.
func (c Config) public(address string) string   { return rebase(address, c.Internal, c.Issuer) }
func (c Config) internal(address string) string { return rebase(address, c.Issuer, c.Internal) }

func rebase(address, from, to string) string {
	rest, found := strings.CutPrefix(address, strings.TrimRight(from, "/")+"/")
	if !found {
		return address
	}
	return strings.TrimRight(to, "/") + "/" + rest
}

func (p *provider) signOut(id secret.String) string {
	address, err := url.Parse(p.endSession)
	if err != nil || p.endSession == "" {
		return p.config.Home
	}
	query := address.Query()
	query.Set("client_id", p.config.ClientID)
	query.Set("post_logout_redirect_uri", p.config.Home)
	if !id.IsZero() {
		query.Set("id_token_hint", id.Reveal())
	}
	address.RawQuery = query.Encode()
	return address.String()
}

func away(err error) error {
	return failure.Wrap(err, failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
}

var _ session.Renewer = (*Login)(nil)

// Package token knows people by OIDC bearer tokens.
package token

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Person is who a token is about.
type Person struct {
	Subject string
	// Roles are all of the token's realm_access.roles.
	Roles []string
}

// Has reports whether the person has a role.
func (p Person) Has(role string) bool { return slices.Contains(p.Roles, role) }

const (
	// maxToken bounds what is looked at, in bytes.
	maxToken = 16 << 10
	// leeway is how far clocks may be apart.
	leeway       = time.Minute
	fetchTimeout = 10 * time.Second
)

// Verifier checks RS256 and ES256 access tokens. Keys are fetched at first use and when an unknown key id shows up; keys
// once fetched go on working while the provider is down. It is safe for concurrent use.
type Verifier struct {
	config Config
	deps   Deps

	mu       sync.Mutex
	verifier *oidc.IDTokenVerifier
}

// New makes a verifier. It makes no call, so a service starts while the provider is down.
func New(config Config, deps Deps) *Verifier {
	if deps.HTTP == nil {
		deps.HTTP = &http.Client{Timeout: fetchTimeout}
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	return &Verifier{config: config, deps: deps}
}

// Verify tells who an Authorization header is about. failure.Unauthenticated when it is not a live access token of the
// configured issuer, failure.Unavailable when the provider's keys cannot be had.
func (v *Verifier) Verify(ctx context.Context, authorization string) (Person, error) {
	scheme, raw, found := strings.Cut(authorization, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return Person{}, failure.New(failure.Unauthenticated, "token_missing", "The call needs a bearer token.")
	}
	if len(raw) > maxToken {
		return Person{}, badToken(errors.New("longer than the limit"))
	}
	keys, err := v.keys(ctx)
	if err != nil {
		return Person{}, err
	}
	token, err := keys.Verify(ctx, raw)
	if err != nil {
		return Person{}, verifyFailure(err)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return Person{}, badToken(err)
	}
	if err := v.check(token, c); err != nil {
		return Person{}, badToken(err)
	}
	return Person{Subject: token.Subject, Roles: c.RealmAccess.Roles}, nil
}

// keys gives the verifier of signatures; the first call that reaches the provider's discovery document makes it. Callers
// wait for one another only that long.
func (v *Verifier) keys(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.verifier != nil {
		return v.verifier, nil
	}
	// Times are checked here, with leeway on both sides.
	rules := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}}
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), v.deps.HTTP)
	if jwks := v.config.jwksURL(); jwks != "" {
		v.verifier = oidc.NewVerifier(v.config.issuer(), oidc.NewRemoteKeySet(lasting, jwks), rules)
		return v.verifier, nil
	}
	provider, err := oidc.NewProvider(lasting, v.config.issuer())
	if err != nil {
		return nil, failure.Wrap(err, failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
	}
	v.verifier = provider.Verifier(rules)
	return v.verifier, nil
}

type claims struct {
	Expiry      float64 `json:"exp"`
	NotBefore   float64 `json:"nbf"`
	Type        string  `json:"typ"`
	RealmAccess struct {
		Roles []string `json:"roles"`
	} `json:"realm_access"`
}

func (v *Verifier) check(token *oidc.IDToken, c claims) error {
	now := v.deps.Now()
	seconds := func(unix float64) time.Time { return time.Unix(int64(unix), 0) }
	ours := func(audience string) bool { return slices.Contains(v.config.Audience, audience) }
	access := func(kind string) bool { return strings.EqualFold(c.Type, kind) }
	switch {
	case token.Subject == "":
		return errors.New("no subject")
	case !slices.ContainsFunc(token.Audience, ours):
		return errors.New("for another audience")
	case c.Expiry == 0 || now.After(seconds(c.Expiry).Add(leeway)):
		return errors.New("expired")
	case c.NotBefore != 0 && now.Before(seconds(c.NotBefore).Add(-leeway)):
		return errors.New("not valid yet")
	case c.Type != "" && !slices.ContainsFunc([]string{"Bearer", "at+jwt", "JWT"}, access):
		return errors.New("not an access token")
	default:
		return nil
	}
}

func badToken(err error) error {
	return failure.Wrap(err, failure.Unauthenticated, "bad_token", "The token is not valid here: it must be a live access token of the configured issuer.")
}

// verifyFailure tells a provider that is down from a token that is bad.
func verifyFailure(err error) error {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "fetching keys") {
		return failure.Wrap(err, failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
	}
	return badToken(err)
}

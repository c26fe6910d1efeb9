// Package token knows people by OIDC bearer tokens.
package token

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Person is who a token is about.
type Person struct {
	Subject string
	// Roles are all of the token's realm_access.roles. They may be shared with other calls of the person: they are read only.
	Roles []string
	// Username, Name and Email are for showing only; tokens need not have them.
	Username, Name, Email string
	// Expires is when the token ends.
	Expires time.Time
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

// Verifier checks RS256 and ES256 access tokens, each signature once a minute. It is safe for concurrent use.
type Verifier struct {
	audience []string
	now      func() time.Time
	keys     *keys
	known    *known
}

// New makes a verifier. It makes no call, so a service starts while the provider is down.
func New(config Config, deps Deps) *Verifier {
	if deps.HTTP == nil {
		deps.HTTP = &http.Client{Timeout: fetchTimeout}
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	known := newKnown()
	return &Verifier{
		audience: config.Audience, now: deps.Now, known: known,
		keys: &keys{config: config, http: known.counting(deps.HTTP), now: deps.Now, turn: make(chan struct{}, 1)},
	}
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
	sum, now := sumOf(raw), v.now()
	if who, ok := v.known.find(sum, now); ok {
		return who, nil
	}
	verifier, err := v.keys.get(ctx)
	if err != nil {
		return Person{}, err
	}
	fetches := v.known.fetches.Load()
	who, err := v.verify(ctx, verifier, raw)
	if err == nil {
		v.known.add(sum, who, fetches, now)
	}
	return who, err
}

func (v *Verifier) verify(ctx context.Context, verifier *oidc.IDTokenVerifier, raw string) (Person, error) {
	token, err := verifier.Verify(ctx, raw)
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
	return Person{
		Subject: token.Subject, Roles: c.RealmAccess.Roles, Username: c.Username, Name: c.Name, Email: c.Email, Expires: seconds(c.Expiry),
	}, nil
}

type claims struct {
	Expiry      float64 `json:"exp"`
	NotBefore   float64 `json:"nbf"`
	Type        string  `json:"typ"`
	Username    string  `json:"preferred_username"`
	Name        string  `json:"name"`
	Email       string  `json:"email"`
	RealmAccess struct {
		Roles []string `json:"roles"`
	} `json:"realm_access"`
}

func (v *Verifier) check(token *oidc.IDToken, c claims) error {
	now := v.now()
	ours := func(audience string) bool { return slices.Contains(v.audience, audience) }
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

func seconds(unix float64) time.Time { return time.Unix(int64(unix), 0) }

func badToken(err error) error {
	return failure.Wrap(err, failure.Unauthenticated, "bad_token", "The token is not valid here: it must be a live access token of the configured issuer.")
}

// verifyFailure tells a provider that is down from a token that is bad.
func verifyFailure(err error) error {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "fetching keys") {
		return silent(err)
	}
	return badToken(err)
}

package httpapi

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Person is who a token is about.
type Person struct {
	Subject string
	// Roles may be shared with other calls of the person: they are read only.
	Roles []api.Role
	// Username, Name and Email are for showing only; tokens need not have them.
	Username, Name, Email string
	// Expires is when what the person is known by ends; zero when that is not known.
	Expires time.Time
}

// Verifier knows people by the Authorization header.
type Verifier interface {
	Verify(ctx context.Context, authorization string) (Person, error)
}

// OIDC says whose tokens are taken.
type OIDC struct {
	// Issuer is compared exactly; Audience must be among the token's.
	Issuer   string
	Audience []string
	// JWKSURL is where the keys are; empty asks the issuer's discovery document.
	JWKSURL string
	// HTTP fetches discovery and keys.
	HTTP *http.Client
	Now  func() time.Time
}

const (
	maxToken = 16 << 10
	leeway   = time.Minute
	// quietFor is the pause before a provider that did not answer is asked again, so that callers do not queue up for it.
	quietFor = 2 * time.Second
)

// Tokens verifies RS256 and ES256 bearer tokens. Keys are fetched at first use and when an unknown key id shows up; keys
// once fetched go on working while the provider is down. It is safe for concurrent use.
type Tokens struct {
	config OIDC
	known  *known

	// turn is held while keys are fetched: a caller who waits for it gives up at the end of its own time.
	turn     chan struct{}
	verifier *oidc.IDTokenVerifier
	failed   time.Time
}

// NewTokens makes a verifier; it makes no call, so the API starts while the provider is down.
func NewTokens(config OIDC) *Tokens {
	if config.HTTP == nil {
		config.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	known := newKnown()
	config.HTTP = known.counting(config.HTTP)
	return &Tokens{config: config, known: known, turn: make(chan struct{}, 1)}
}

// keys gives the verifier; the first call that reaches the provider's discovery document makes it.
func (t *Tokens) keys(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, failure.Wrap(ctx.Err(), failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
	}
	defer func() { <-t.turn }()
	if t.verifier != nil {
		return t.verifier, nil
	}
	rules := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}}
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), t.config.HTTP)
	if t.config.JWKSURL != "" {
		t.verifier = oidc.NewVerifier(t.config.Issuer, oidc.NewRemoteKeySet(lasting, t.config.JWKSURL), rules)
		return t.verifier, nil
	}
	if t.config.Now().Before(t.failed.Add(quietFor)) {
		return nil, failure.New(failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
	}
	provider, err := oidc.NewProvider(lasting, t.config.Issuer)
	if err != nil {
		t.failed = t.config.Now()
		return nil, failure.Wrap(err, failure.Unavailable, "identity_unavailable", "The identity provider does not answer.")
	}
	t.verifier = provider.Verifier(rules)
	return t.verifier, nil
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

// Verify implements Verifier.
func (t *Tokens) Verify(ctx context.Context, authorization string) (Person, error) {
	scheme, raw, found := strings.Cut(authorization, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return Person{}, failure.New(failure.Unauthenticated, "token_missing", "The call needs a bearer token.")
	}
	if len(raw) > maxToken {
		return Person{}, badToken(errors.New("longer than the limit"))
	}
	sum, now := sha256.Sum256([]byte(raw)), t.config.Now()
	if who, ok := t.known.find(sum, now); ok {
		return who, nil
	}
	verifier, err := t.keys(ctx)
	if err != nil {
		return Person{}, err
	}
	fetches := t.known.fetches.Load()
	who, err := t.verify(ctx, verifier, raw)
	if err == nil {
		t.known.add(sum, who, fetches, now)
	}
	return who, err
}

func (t *Tokens) verify(ctx context.Context, verifier *oidc.IDTokenVerifier, raw string) (Person, error) {
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Person{}, verifyFailure(err)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return Person{}, badToken(err)
	}
	if err := t.check(token, c); err != nil {
		return Person{}, badToken(err)
	}
	return Person{Subject: token.Subject, Roles: roles(c.RealmAccess.Roles), Username: c.Username, Name: c.Name, Email: c.Email, Expires: seconds(c.Expiry)}, nil
}

func (t *Tokens) check(token *oidc.IDToken, c claims) error {
	now := t.config.Now()
	switch {
	case token.Subject == "":
		return errors.New("no subject")
	case !slices.ContainsFunc(token.Audience, func(a string) bool { return slices.Contains(t.config.Audience, a) }):
		return errors.New("for another audience")
	case c.Expiry == 0 || now.After(seconds(c.Expiry).Add(leeway)):
		return errors.New("expired")
	case c.NotBefore != 0 && now.Before(seconds(c.NotBefore).Add(-leeway)):
		return errors.New("not valid yet")
	case c.Type != "" && !strings.EqualFold(c.Type, "Bearer") && !strings.EqualFold(c.Type, "at+jwt") && !strings.EqualFold(c.Type, "JWT"):
		return errors.New("not an access token")
	default:
		return nil
	}
}

func seconds(unix float64) time.Time { return time.Unix(int64(unix), 0) }

// roles leaves out what the provider gives to everyone.
func roles(all []string) []api.Role {
	var ours []api.Role
	for _, r := range all {
		if r != "offline_access" && r != "uma_authorization" && !strings.HasPrefix(r, "default-roles-") {
			ours = append(ours, api.Role(r))
		}
	}
	return slices.Clip(ours)
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

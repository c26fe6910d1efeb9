package token

import (
	"context"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// quietFor is the pause before a provider that did not answer is asked again, so that callers do not queue up for it.
const quietFor = 2 * time.Second

// keys checks signatures. The provider's keys are fetched at first use and when an unknown key id shows up; keys once fetched
// go on working while the provider is down.
type keys struct {
	config Config
	http   *http.Client
	now    func() time.Time

	// turn is held while the provider is looked up: a caller who waits for it gives up at the end of its own time.
	turn     chan struct{}
	verifier *oidc.IDTokenVerifier
	failed   time.Time
}

// get gives the verifier; the first call that reaches the provider's discovery document makes it.
func (k *keys) get(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, silent(ctx.Err())
	}
	defer func() { <-k.turn }()
	if k.verifier != nil {
		return k.verifier, nil
	}
	// Times are checked by the Verifier, with leeway on both sides.
	rules := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}}
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), k.http)
	if jwks := k.config.KeysURL(); jwks != "" {
		k.verifier = oidc.NewVerifier(k.config.IssuerURL(), oidc.NewRemoteKeySet(lasting, jwks), rules)
		return k.verifier, nil
	}
	if k.now().Before(k.failed.Add(quietFor)) {
		return nil, failure.New(failure.Unavailable, codeSilent, textSilent)
	}
	provider, err := oidc.NewProvider(lasting, k.config.IssuerURL())
	if err != nil {
		k.failed = k.now()
		return nil, silent(err)
	}
	k.verifier = provider.Verifier(rules)
	return k.verifier, nil
}

const (
	codeSilent = "identity_unavailable"
	textSilent = "The identity provider does not answer."
)

func silent(err error) error { return failure.Wrap(err, failure.Unavailable, codeSilent, textSilent) }

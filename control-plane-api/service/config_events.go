package service

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
)

// Inbound says whose events are taken, and how long they are kept.
type Inbound struct {
	Token     secret.String `env:"CLOUD_EVENT_INBOUND_TOKEN" desc:"Bearer token of systems that send events: one, or two with a comma. Without token and secret no event is taken."`
	Secret    secret.String `env:"CLOUD_EVENT_INBOUND_SECRET" desc:"Key of Standard Webhooks signatures of such systems: one, or two with a comma; behind whsec_ in base64."`
	MaxAge    time.Duration `env:"CLOUD_EVENT_INBOUND_MAX_AGE" envDefault:"72h" desc:"How old an event may be when it comes."`
	Retention time.Duration `env:"CLOUD_EVENT_INBOUND_RETENTION" envDefault:"168h" desc:"How long events that came are kept, at least the age above: a repeat is known by them."`
}

func (i Inbound) validate() error {
	var errs []error
	for name, value := range map[string]secret.String{"CLOUD_EVENT_INBOUND_TOKEN": i.Token, "CLOUD_EVENT_INBOUND_SECRET": i.Secret} {
		keys := live(value)
		if len(keys) > 2 {
			errs = append(errs, fmt.Errorf("%s: at most two can be live", name))
		}
		for _, key := range keys {
			if len(key.Reveal()) < minKey {
				errs = append(errs, fmt.Errorf("%s: want at least %d characters", name, minKey))
			}
		}
	}
	if i.MaxAge < time.Minute {
		errs = append(errs, errors.New("CLOUD_EVENT_INBOUND_MAX_AGE: want at least a minute"))
	}
	if i.Retention < i.MaxAge {
		errs = append(errs, errors.New("CLOUD_EVENT_INBOUND_RETENTION: want at least CLOUD_EVENT_INBOUND_MAX_AGE"))
	}
	return errors.Join(errs...)
}

// live are the secrets of a setting, with a comma between; none where it is empty.
func live(all secret.String) (keys []secret.String) {
	for key := range strings.SplitSeq(all.Reveal(), ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, secret.New(key))
		}
	}
	return keys
}

func (i Inbound) inbox() inbox.Config {
	return inbox.Config{Tokens: live(i.Token), Secrets: live(i.Secret), MaxAge: i.MaxAge, Retention: i.Retention}
}

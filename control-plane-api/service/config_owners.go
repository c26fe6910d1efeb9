package service

import (
	"errors"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/egress"
)

// Owners says how owners of definitions are told.
type Owners struct {
	AllowLocal bool `env:"OWNER_WEBHOOK_ALLOW_LOCAL" envDefault:"false" desc:"Lets owners' webhooks be on this machine and without TLS; taken with ENVIRONMENT=development alone."`
}

func (o Owners) validate(environment string) error {
	if o.AllowLocal && environment != development {
		return errors.New("OWNER_WEBHOOK_ALLOW_LOCAL: taken with ENVIRONMENT=development alone")
	}
	return nil
}

// rules say what a webhook may be.
func (o Owners) rules() egress.Rules { return egress.Rules{Local: o.AllowLocal} }

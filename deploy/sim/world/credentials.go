package world

import (
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Credentials are what clients must present. They print as ***.
type Credentials struct {
	CMLUsername         string `json:"cml_username"`
	CMLPassword         string `json:"cml_password"`
	LDSUsername         string `json:"lds_username"`
	LDSPassword         string `json:"lds_password"`
	GradingToken        string `json:"grading_token"`
	GradingClientID     string `json:"grading_client_id"`
	GradingClientSecret string `json:"grading_client_secret"`
	S3AccessKey         string `json:"s3_access_key"`
	S3SecretKey         string `json:"s3_secret_key"`
	OIDCClientID        string `json:"oidc_client_id"`
	OIDCClientSecret    string `json:"oidc_client_secret"`
	// SinkToken is not made up: empty means that the sink takes all deliveries.
	SinkToken string `json:"sink_token,omitempty"`
}

const credentialsDoc = "credentials"

// String hides the content.
func (Credentials) String() string { return "***" }

// GoString hides the content.
func (Credentials) GoString() string { return "***" }

// LogValue hides the content.
func (Credentials) LogValue() slog.Value { return slog.StringValue("***") }

// complete fills what is empty from disk, else with something new, and keeps it.
func (c Credentials) complete(disk *kit.Disk) (Credentials, error) {
	var kept Credentials
	if _, err := disk.Load(credentialsDoc, &kept); err != nil {
		return c, fmt.Errorf("credentials: %w", err)
	}
	secret := func(into *string, before string) {
		name(into, before, rand.Text())
	}
	name(&c.CMLUsername, kept.CMLUsername, "admin")
	name(&c.LDSUsername, kept.LDSUsername, "lcm")
	name(&c.GradingClientID, kept.GradingClientID, "lcm-grading")
	name(&c.OIDCClientID, kept.OIDCClientID, "lcm-backend")
	name(&c.S3AccessKey, kept.S3AccessKey, "lcm")
	secret(&c.CMLPassword, kept.CMLPassword)
	secret(&c.LDSPassword, kept.LDSPassword)
	secret(&c.GradingToken, kept.GradingToken)
	secret(&c.GradingClientSecret, kept.GradingClientSecret)
	secret(&c.S3SecretKey, kept.S3SecretKey)
	secret(&c.OIDCClientSecret, kept.OIDCClientSecret)
	if err := disk.Save(credentialsDoc, c); err != nil {
		return c, fmt.Errorf("credentials: %w", err)
	}
	return c, nil
}

// name keeps what is set, else takes the first of the others that is.
func name(into *string, others ...string) {
	for _, other := range others {
		if *into == "" {
			*into = other
		}
	}
}

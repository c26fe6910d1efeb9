package cmlsystem

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

type licensing struct {
	Registration struct {
		Status         string `json:"status"`
		SmartAccount   string `json:"smart_account"`
		VirtualAccount string `json:"virtual_account"`
		// Expires is read as text, so that another form of time does not cost the rest of the answer.
		Expires      string `json:"expires"`
		RegisterTime struct {
			Failure string `json:"failure"`
		} `json:"register_time"`
	} `json:"registration"`
	Authorization struct {
		Status string `json:"status"`
	} `json:"authorization"`
	Features       []feature `json:"features"`
	ProductLicense struct {
		Active       string `json:"active"`
		IsEnterprise bool   `json:"is_enterprise"`
	} `json:"product_license"`
}

type feature struct {
	ID    string `json:"id"`
	InUse int    `json:"in_use"`
}

// License implements worker.Licensing.
func (s System) License(ctx context.Context) (worker.License, error) {
	var answer licensing
	if err := s.get(ctx, "/licensing", &answer); err != nil {
		return worker.License{}, err
	}
	license := worker.License{
		CMLLicenseInfo: api.CMLLicenseInfo{
			RegistrationStatus: limited(answer.Registration.Status, 40), AuthorizationStatus: limited(answer.Authorization.Status, 40),
			Product: limited(answer.ProductLicense.Active, 64), IsEnterprise: answer.ProductLicense.IsEnterprise,
			ExpiresAt:    timeOf(answer.Registration.Expires),
			SmartAccount: limited(answer.Registration.SmartAccount, 128), VirtualAccount: limited(answer.Registration.VirtualAccount, 128),
		},
		Failure: limited(answer.Registration.RegisterTime.Failure, 500),
	}
	if license.RegistrationStatus == "" {
		license.RegistrationStatus = "NOT_REGISTERED"
	}
	if license.Registered() {
		license.NodeLimit = nodeLimit(answer)
	}
	return license, nil
}

const (
	// baseNodes is how many nodes a base licence is worth; expansion nodes count one each.
	baseNodes     = 20
	featureBase   = "CML_ENT_BASE"
	featureNodes  = "CML_NODE_COUNT"
	personalPlus  = "personal40"
	personalWord  = "personal"
	personalNodes = 20
)

// nodeLimit is how many nodes the licence allows at once: what CML has in use of the features that are about nodes. Other
// features are units of something else. nil where nothing tells.
func nodeLimit(l licensing) *int {
	limit := 0
	for _, f := range l.Features {
		switch {
		case strings.Contains(f.ID, featureBase):
			limit += baseNodes * f.InUse
		case strings.Contains(f.ID, featureNodes):
			limit += f.InUse
		}
	}
	product := strings.ToLower(l.ProductLicense.Active)
	switch {
	case limit > 0:
	case strings.Contains(product, personalPlus):
		limit = 2 * personalNodes
	case strings.Contains(product, personalWord):
		limit = personalNodes
	default:
		return nil
	}
	return &limit
}

// Register implements worker.Licensing. The token is in no error.
func (s System) Register(ctx context.Context, token secret.String, again bool) error {
	body := cml.Sensitive{Body: map[string]any{"token": token.Reveal(), "reregister": again}}
	_, err := s.transport.Do(ctx, http.MethodPost, "/licensing/registration", nil, body, nil)
	return err
}

// Deregister implements worker.Licensing. CML answers 202 when it forgot its registration without reaching the licence
// server, and 400 when it has none.
func (s System) Deregister(ctx context.Context) (worker.Deregistered, error) {
	status, err := s.transport.Do(ctx, http.MethodDelete, "/licensing/deregistration", nil, nil, nil)
	switch {
	case status == http.StatusBadRequest:
		return worker.NotRegistered, nil
	case err != nil:
		return worker.NotRegistered, err
	case status == http.StatusAccepted:
		return worker.SeatKept, nil
	default:
		return worker.SeatReturned, nil
	}
}

// timeOf reads a time of CML's; nil where there is none.
func timeOf(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}

// limited keeps what CML says within what the API takes.
func limited(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

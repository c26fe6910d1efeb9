package service

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/instance"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/s3store"
)

// outside are the clients of the systems that the service works with. What is not configured is nil, LDS excepted.
type outside struct {
	cml     *cmllabs.Pool
	lds     *lds.Client
	grading *grading.Client
	s3      *s3store.Store
	// protocols ranks the ways to a device.
	protocols []string
}

// connect makes the clients; none of them connects yet. control is asked for when a certificate is to be pinned. given
// carries all calls in place of connections of the clients' own, unless it is nil.
func connect(ctx context.Context, config Config, given http.RoundTripper, control func() *client.Client) (outside, error) {
	var o outside
	var err error
	if o.cml, err = connectCML(config.CML, given, control); err != nil {
		return o, err
	}
	if o.protocols, err = config.LDS.priority(); err != nil {
		return o, err
	}
	deployments, err := lds.Load(config.LDS.DeploymentsPath)
	if err != nil {
		return o, err
	}
	o.lds = lds.New(deployments, transport(given, config.LDS.VerifySSL))
	if g := config.Grading; g.BaseURL != "" {
		o.grading = grading.New(grading.Config{
			BaseURL: g.BaseURL, TokenURL: g.TokenURL, ClientID: g.ClientID, ClientSecret: g.ClientSecret, Scopes: g.Scopes,
		}, transport(given, true))
	}
	if s := config.S3; s.configured() {
		o.s3, err = s3store.New(ctx, s3store.Config{
			Endpoint: s.Endpoint, Secure: s.Secure, AccessKey: s.AccessKey, SecretKey: s.SecretKey, Region: s.Region, Transport: given,
		})
	}
	return o, err
}

func connectCML(config CML, given http.RoundTripper, control func() *client.Client) (*cmllabs.Pool, error) {
	networks, err := config.networks()
	if err != nil {
		return nil, err
	}
	var ca []byte
	if config.CABundle != "" {
		if ca, err = os.ReadFile(config.CABundle); err != nil {
			return nil, fmt.Errorf("CML_CA_BUNDLE: %w", err)
		}
	}
	return cmllabs.NewPool(cmllabs.Config{
		Username: config.Username, Password: config.Password, Insecure: !config.VerifySSL, CA: ca, Networks: networks,
		ConnectTo: config.ConnectTo, Private: config.UsePrivate, Transport: given,
	}, func(ctx context.Context, workerID, fingerprint string) error {
		_, err := control().PinCertificate(ctx, api.PinCertificate{ID: workerID, Body: api.PinCertificateBody{Fingerprint: fingerprint}})
		return err
	}), nil
}

// transport gives the given transport or makes one; verify is false only where an operator has switched the check off.
func transport(given http.RoundTripper, verify bool) http.RoundTripper {
	if given != nil {
		return given
	}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: !verify}, //nolint:gosec // an explicit setting
		TLSHandshakeTimeout: 15 * time.Second, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
	}
}

// workers is the pool as the instances' reconciler sees it.
type workers struct{ pool *cmllabs.Pool }

func (w workers) Open(ctx context.Context, worker readmodel.Worker) (instance.Labs, error) {
	labs, err := w.pool.Labs(ctx, worker)
	if err != nil {
		return nil, err
	}
	return labs, nil
}

func (w workers) Address(worker readmodel.Worker) string { return w.pool.Address(worker) }

package service

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// Web says which browsers are served and how people sign in with one.
type Web struct {
	AppURL      string   `env:"APP_URL" envDefault:"http://localhost:8020" desc:"Where browsers reach this service, without a path; the identity provider must know {APP_URL}/api/auth/callback."`
	EnableCORS  bool     `env:"ENABLE_CORS" envDefault:"true" desc:"Whether pages of CORS_ORIGINS may call."`
	CORSOrigins []string `env:"CORS_ORIGINS" desc:"Origins of other pages that may call, with people's cookies: scheme://host:port, no wildcard."`

	ClientID     string        `env:"KEYCLOAK_CLIENT_ID" envDefault:"lcm-backend" desc:"Client at the identity provider as which people sign in with a browser."`
	ClientSecret secret.String `env:"KEYCLOAK_CLIENT_SECRET" desc:"Secret of that client; empty for a public client."`

	SessionMinutes int `env:"SESSION_MAX_DURATION_MINUTES" envDefault:"600" desc:"Length of a browser's session."`
	WarningMinutes int `env:"SESSION_EXPIRATION_WARNING_MINUTES" envDefault:"10" desc:"How long before its end a page should warn."`
	LeewaySeconds  int `env:"REFRESH_AUTO_LEEWAY_SECONDS" envDefault:"300" desc:"How long before its end an access token of a session is renewed."`
}

// Load caps what callers take of the service.
type Load struct {
	RatePerSecond    float64  `env:"RATE_LIMIT_PER_SECOND" envDefault:"100" desc:"Requests per second and caller; 0 turns every limit per caller and address off."`
	RateBurst        int      `env:"RATE_LIMIT_BURST" envDefault:"200" desc:"Requests at once per caller."`
	IPRatePerSecond  float64  `env:"RATE_LIMIT_IP_PER_SECOND" envDefault:"300" desc:"Requests per second and address; services are not counted."`
	IPRateBurst      int      `env:"RATE_LIMIT_IP_BURST" envDefault:"600" desc:"Requests at once per address."`
	AllRatePerSecond float64  `env:"RATE_LIMIT_TOTAL_PER_SECOND" envDefault:"2000" desc:"Requests per second of all callers together, in one replica."`
	AllRateBurst     int      `env:"RATE_LIMIT_TOTAL_BURST" envDefault:"4000" desc:"Requests at once of all callers together."`
	AtOnce           int      `env:"MAX_CONCURRENT_REQUESTS" envDefault:"512" desc:"Requests of people that are worked on at a time, and as many of services; as many again wait up to 2 s for their turn. Event streams are not counted."`
	IPAtOnce         int      `env:"MAX_CONCURRENT_REQUESTS_PER_IP" envDefault:"64" desc:"Requests of one address that are worked on at a time."`
	TrustedProxies   []string `env:"TRUSTED_PROXIES" desc:"Networks (CIDR) of proxies whose X-Forwarded-For is believed."`
}

func (w Web) validate() (errs []error) {
	if _, err := originOf(w.AppURL); err != nil {
		errs = append(errs, fmt.Errorf("APP_URL: %w", err))
	}
	for _, origin := range w.CORSOrigins {
		if exact, err := originOf(origin); err != nil || exact != origin {
			errs = append(errs, fmt.Errorf("CORS_ORIGINS: %q is not scheme://host:port", origin))
		}
	}
	if w.ClientID == "" {
		errs = append(errs, errors.New("KEYCLOAK_CLIENT_ID: is empty"))
	}
	if w.SessionMinutes < 1 || w.WarningMinutes < 0 || w.WarningMinutes >= w.SessionMinutes || w.LeewaySeconds < 0 {
		errs = append(errs, errors.New("SESSION_MAX_DURATION_MINUTES, SESSION_EXPIRATION_WARNING_MINUTES, REFRESH_AUTO_LEEWAY_SECONDS: a session lasts at least a minute and longer than its warning"))
	}
	return errs
}

// originOf is the scheme, host and port of an address that has nothing more.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return "", errors.New("want http(s)://host, and nothing after it")
	}
	return u.Scheme + "://" + u.Host, nil
}

// web is what the HTTP edge needs to know of browsers. Only development goes without HTTPS.
func (c Config) web() httpapi.Web {
	w := httpapi.Web{Secure: c.Environment != development, Warning: time.Duration(c.Web.WarningMinutes) * time.Minute}
	w.Origin, _ = originOf(c.Web.AppURL)
	if c.Web.EnableCORS {
		w.Origins = slices.DeleteFunc(slices.Clone(c.Web.CORSOrigins), func(o string) bool { return o == w.Origin })
	}
	return w
}

// development is the ENVIRONMENT that goes without HTTPS.
const development = "development"

func (l Load) validate() error {
	_, err := l.proxies()
	return err
}

func (l Load) proxies() (all []netip.Prefix, err error) {
	for _, text := range l.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES: %q is no network such as 10.0.0.0/8", text)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

// patience is how long a request waits for its turn: those who are turned away are told to stay away as long.
const patience = 2 * time.Second

func (l Load) limits() httpapi.Limits {
	limits := httpapi.Limits{AtOnce: l.AtOnce, Patience: patience}
	limits.Proxies, _ = l.proxies()
	if l.RatePerSecond <= 0 {
		return limits
	}
	limits.PerSecond, limits.Burst = l.RatePerSecond, l.RateBurst
	limits.IPPerSecond, limits.IPBurst = l.IPRatePerSecond, l.IPRateBurst
	limits.AllPerSecond, limits.AllBurst = l.AllRatePerSecond, l.AllRateBurst
	limits.IPAtOnce = l.IPAtOnce
	return limits
}

package cmlsystem

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

var _ worker.CML = System{}

// box is a CML that answers what it is told to.
type box struct {
	t       *testing.T
	server  *httptest.Server
	answers map[string]string
	status  map[string]int
	logins  int
	asked   []string
	hosts   []string
	bodies  []string
}

func newBox(t *testing.T) *box {
	b := &box{t: t, answers: map[string]string{}, status: map[string]int{}}
	b.server = httptest.NewTLSServer(b)
	t.Cleanup(b.server.Close)
	return b
}

func (b *box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v0")
	body, _ := io.ReadAll(r.Body)
	if call == "POST /authenticate" {
		b.logins++
		_ = json.NewEncoder(w).Encode("jwt")
		return
	}
	b.asked, b.hosts, b.bodies = append(b.asked, call), append(b.hosts, r.Host), append(b.bodies, string(body))
	if r.Header.Get("Authorization") != "Bearer jwt" && call != "GET /system_information" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if status := b.status[call]; status != 0 {
		w.WriteHeader(status)
	}
	_, _ = w.Write([]byte(b.answers[call]))
}

func (b *box) pool(edit func(*Config)) *Pool {
	config := Config{Username: "admin", Password: secret.New("pw"), ConnectTo: strings.TrimPrefix(b.server.URL, "https://")}
	if edit != nil {
		edit(&config)
	}
	return NewPool(config)
}

func (b *box) client() worker.CML {
	b.t.Helper()
	client, err := b.pool(nil).Connect(worker.Contact{WorkerID: "w1", Address: "10.0.0.7"})
	require.NoError(b.t, err)
	return client
}

func TestInformation(t *testing.T) {
	b := newBox(t)
	b.answers["GET /system_information"] = `{"version":"2.9.1+build.3","ready":true,"allow_ssh_pubkey_auth":false,"oui":null,"features":[]}`
	info, err := b.client().Information(t.Context())
	require.NoError(t, err)
	require.Equal(t, worker.Information{Version: "2.9.1+build.3", Ready: true}, info)
	require.Zero(t, b.logins, "anyone may ask")
	require.Equal(t, "10.0.0.7", b.hosts[0], "the worker's own address, wherever the connection goes")

	b.status["GET /system_information"] = http.StatusBadGateway
	_, err = b.client().Information(t.Context())
	require.True(t, failure.Is(err, failure.Unavailable), "it is still booting")
}

func TestUsage(t *testing.T) {
	b := newBox(t)
	b.answers["GET /system_stats"] = `{"all":{"cpu":{"count":48,"percent":2},"memory":{"total":206158430208},"disk":{"total":1099511627776}},
		"computes":{"a":{"stats":{"dominfo":{"running_nodes":2,"running_orphans":1}}},"b":{"stats":{"dominfo":{"running_nodes":3}}}}}`
	usage, err := b.client().Usage(t.Context())
	require.NoError(t, err)
	require.Equal(t, worker.Usage{RunningNodes: 6, Capacity: resource.Capacity{CPUCores: 48, MemoryGB: 192, StorageGB: 1024}}, usage)
}

func TestDefinitions(t *testing.T) {
	b := newBox(t)
	b.answers["GET /node_definitions"] = `[{"id":"iosv","general":{}},{"id":"alpine"},{"id":"iosv"},{}]`
	b.answers["GET /image_definitions"] = `[]`
	client := b.client()
	nodes, err := client.NodeDefinitions(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"alpine", "iosv"}, nodes)
	images, err := client.ImageDefinitions(t.Context())
	require.NoError(t, err)
	require.NotNil(t, images, "none is something else than not known")
	require.Empty(t, images)
	require.Equal(t, 1, b.logins)
}

func TestLicense(t *testing.T) {
	limit := func(n int) *int { return &n }
	for _, test := range []struct {
		name, body string
		registered bool
		limit      *int
		failure    string
	}{
		{"not registered", `{"registration":{"status":"NOT_REGISTERED","smart_account":null},"features":[{"id":"x.CML_ENT_BASE,1.0","max":1,"in_use":0}]}`, false, nil, ""},
		{"nothing said", `{}`, false, nil, ""},
		{"failed", `{"registration":{"status":"FAILED","register_time":{"failure":"no seat"}}}`, false, nil, "no seat"},
		{"enterprise", `{"registration":{"status":"COMPLETED"},"authorization":{"status":"IN_COMPLIANCE"},"product_license":{"active":"CML_Enterprise","is_enterprise":true},
			"features":[{"id":"regid.CML_ENT_BASE,1.0_a","in_use":1,"max":1},{"id":"regid.CML_NODE_COUNT,1.0_b","in_use":180,"max":300},{"id":"regid.OTHER","in_use":7}]}`, true, limit(200), ""},
		{"personal", `{"registration":{"status":"COMPLETED"},"product_license":{"active":"CML_Personal"},"features":[{"id":"regid.CML_PERSONAL,1.0","in_use":1}]}`, true, limit(20), ""},
		{"personal, larger", `{"registration":{"status":"COMPLETED"},"product_license":{"active":"CML_Personal40"}}`, true, limit(40), ""},
		{"nothing in use yet", `{"registration":{"status":"COMPLETED"},"product_license":{"active":"CML_Enterprise"},"features":[{"id":"a.CML_ENT_BASE"}]}`, true, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBox(t)
			b.answers["GET /licensing"] = test.body
			license, err := b.client().License(t.Context())
			require.NoError(t, err)
			require.Equal(t, test.registered, license.Registered())
			require.Equal(t, test.limit, license.NodeLimit)
			require.Equal(t, test.failure, license.Failure)
			require.NotEmpty(t, license.RegistrationStatus)
		})
	}
}

func TestWhatALicenceSays(t *testing.T) {
	for expires, want := range map[string]*time.Time{
		`"2027-03-02T14:00:00+02:00"`: new(time.Date(2027, 3, 2, 12, 0, 0, 0, time.UTC)), `null`: nil, `"never"`: nil,
	} {
		b := newBox(t)
		b.answers["GET /licensing"] = `{"registration":{"status":"COMPLETED","smart_account":"s","virtual_account":"v","expires":` + expires + `},
			"authorization":{"status":"IN_COMPLIANCE"},"product_license":{"active":"CML_Personal","is_enterprise":false}}`
		license, err := b.client().License(t.Context())
		require.NoError(t, err)
		require.Equal(t, api.CMLLicenseInfo{
			RegistrationStatus: "COMPLETED", AuthorizationStatus: "IN_COMPLIANCE", Product: "CML_Personal", NodeLimit: new(20),
			SmartAccount: "s", VirtualAccount: "v", ExpiresAt: want,
		}, license.CMLLicenseInfo, expires)
	}
}

func TestRegister(t *testing.T) {
	b := newBox(t)
	b.status["POST /licensing/registration"] = http.StatusNoContent
	require.NoError(t, b.client().Register(t.Context(), secret.New("seat-token"), true))
	require.JSONEq(t, `{"token":"seat-token","reregister":true}`, b.bodies[0])

	b.status["POST /licensing/registration"] = http.StatusBadRequest
	b.answers["POST /licensing/registration"] = `{"code":400,"description":"token seat-token is bad"}`
	err := b.client().Register(t.Context(), secret.New("seat-token"), false)
	require.True(t, failure.Is(err, failure.Invalid))
	require.NotContains(t, err.Error(), "seat-token", "CML may quote what it was given")
}

func TestDeregister(t *testing.T) {
	for status, want := range map[int]worker.Deregistered{
		http.StatusNoContent: worker.SeatReturned, http.StatusAccepted: worker.SeatKept, http.StatusBadRequest: worker.NotRegistered,
	} {
		b := newBox(t)
		b.status["DELETE /licensing/deregistration"] = status
		got, err := b.client().Deregister(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got, status)
	}
	b := newBox(t)
	b.status["DELETE /licensing/deregistration"] = http.StatusConflict
	b.answers["DELETE /licensing/deregistration"] = `{"code":409,"description":"nodes are running"}`
	_, err := b.client().Deregister(t.Context())
	require.True(t, failure.Is(err, failure.Conflict))
	require.ErrorContains(t, err, "nodes are running")
}

func TestPoolPinsAtFirstContact(t *testing.T) {
	b := newBox(t)
	b.answers["GET /system_information"] = `{"version":"2.9.1","ready":true}`
	pool := b.pool(func(c *Config) { c.VerifyTLS = true })
	var pinned string
	contact := worker.Contact{WorkerID: "w1", Address: "10.0.0.7", FirstContact: func(f string) error { pinned = f; return nil }}
	first, err := pool.Connect(contact)
	require.NoError(t, err)
	_, err = first.Information(t.Context())
	require.NoError(t, err)
	require.Len(t, pinned, 64)

	contact.Pin = pinned
	second, err := pool.Connect(contact)
	require.NoError(t, err)
	again, err := pool.Connect(contact)
	require.NoError(t, err)
	require.Equal(t, second, again, "a login is used again")
	_, err = again.Information(t.Context())
	require.NoError(t, err)

	contact.Pin = strings.Repeat("0", 64)
	other, err := pool.Connect(contact)
	require.NoError(t, err)
	_, err = other.Information(t.Context())
	require.Equal(t, "cml_certificate_changed", failure.CodeOf(err))
}

func TestPoolKeepsToTheNetworks(t *testing.T) {
	b := newBox(t)
	pool := b.pool(func(c *Config) { c.Networks = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")} })
	client, err := pool.Connect(worker.Contact{WorkerID: "w1", Address: "10.0.0.7"})
	require.NoError(t, err)
	_, err = client.Information(t.Context())
	require.Equal(t, "cml_address_refused", failure.CodeOf(err), "%v", err)
	require.Empty(t, b.asked)
}

func TestPoolFollowsTheAddress(t *testing.T) {
	b := newBox(t)
	pool := b.pool(nil)
	first, err := pool.Connect(worker.Contact{WorkerID: "w1", Address: "10.0.0.7"})
	require.NoError(t, err)
	second, err := pool.Connect(worker.Contact{WorkerID: "w1", Address: "10.0.0.8"})
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

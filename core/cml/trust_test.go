package cml

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func get(t *testing.T, client *Client) error {
	t.Helper()
	_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	return err
}

func TestS9CertificatesOfCMLAreVerified(t *testing.T) {
	f := newFake(t)
	colons := strings.ToUpper(f.fingerprint()[:2] + ":" + f.fingerprint()[2:])
	require.NoError(t, get(t, f.client(t, func(c *Config) { c.TLS.Pin = colons })))

	before := len(f.seen())
	err := get(t, f.client(t, func(c *Config) { c.TLS.Pin = strings.Repeat("ab", 32) }))
	require.Equal(t, CodeCertificateChanged, failure.CodeOf(err))
	require.Equal(t, failure.Conflict, failure.KindOf(err))
	require.Len(t, f.seen(), before, "not even the login was sent")
}

func TestTrustOnFirstUse(t *testing.T) {
	f := newFake(t)
	var stored []string
	client := f.client(t, func(c *Config) {
		c.TLS = TLS{OnFirstContact: func(fingerprint string) error { stored = append(stored, fingerprint); return nil }}
	})
	require.Empty(t, client.Fingerprint())
	require.NoError(t, get(t, client))
	client.Close()
	require.NoError(t, get(t, client))
	require.Equal(t, []string{f.fingerprint()}, stored, "asked once")
	require.Equal(t, f.fingerprint(), client.Fingerprint())

	other := newFake(t)
	other.TLS.Certificates[0] = otherCertificate(t)
	address := strings.TrimPrefix(other.URL, "https://")
	moved := f.client(t, func(c *Config) { c.ConnectTo = address })
	require.Equal(t, CodeCertificateChanged, failure.CodeOf(get(t, moved)))
}

func TestFirstContactThatCannotBeStored(t *testing.T) {
	f := newFake(t)
	client := f.client(t, func(c *Config) {
		c.TLS = TLS{OnFirstContact: func(string) error { return errors.New("store is gone") }}
	})
	require.Equal(t, CodeUnavailable, failure.CodeOf(get(t, client)))
	require.Empty(t, f.seen(), "nothing was sent")
	require.Empty(t, client.Fingerprint())
}

func TestOtherWaysToTrust(t *testing.T) {
	f := newFake(t)
	require.NoError(t, get(t, f.client(t, func(c *Config) { c.TLS = TLS{CA: f.bundle()} })))
	require.NoError(t, get(t, f.client(t, func(c *Config) { c.TLS = TLS{Insecure: true} })))
	err := get(t, f.client(t, func(c *Config) { c.TLS = TLS{} }))
	require.Equal(t, CodeCertificateInvalid, failure.CodeOf(err), "the check is never off by default")
	require.Empty(t, f.client(t, func(c *Config) { c.TLS = TLS{} }).Fingerprint())
}

func TestConnectToKeepsTheHost(t *testing.T) {
	f := newFake(t)
	hosts := make(chan string, 1)
	f.answer = func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host }
	client := f.client(t, func(c *Config) {
		c.BaseURL, c.Address, c.ConnectTo = "", "10.1.2.3", strings.TrimPrefix(f.URL, "https://")
		c.AllowedNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	require.NoError(t, get(t, client))
	require.Equal(t, "10.1.2.3", <-hosts)

	outside := f.client(t, func(c *Config) {
		c.BaseURL, c.Address, c.ConnectTo = "", "192.0.2.1", strings.TrimPrefix(f.URL, "https://")
		c.AllowedNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	require.Equal(t, CodeAddressRefused, failure.CodeOf(get(t, outside)))
}

func TestS8AddressesOfCMLAreKeptToTheNetworks(t *testing.T) {
	ten := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	cases := []struct {
		address string
		allowed []netip.Prefix
		ok      bool
	}{
		{"10.1.2.3", ten[:1], true},
		{"::ffff:10.1.2.3", ten[:1], true},
		{"11.1.2.3", ten[:1], false},
		{"2001:db8::1", ten[:1], false},
		{"2001:db8::1", nil, true},
		{"169.254.169.254", ten, false},
		{"::ffff:169.254.169.254", ten, false},
		{"169.254.170.2", nil, false},
		{"fd00:ec2::254", ten, false},
		{"fe80::1%eth0", ten, false},
		{"0.0.0.0", ten, false},
		{"224.0.0.1", nil, false},
	}
	for _, c := range cases {
		err := refused(netip.MustParseAddr(c.address), c.allowed)
		require.Equal(t, c.ok, err == nil, c.address)
	}
}

func TestAddressesAreCheckedWhenDialled(t *testing.T) {
	f := newFake(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(f.URL, "https://"))
	require.NoError(t, err)
	client := f.client(t, func(c *Config) {
		c.BaseURL = "https://localhost:" + port
		c.AllowedNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	err = get(t, client)
	require.Equal(t, CodeAddressRefused, failure.CodeOf(err), "a name does not lead around the networks")
	require.Empty(t, f.seen())
	for _, address := range []string{"169.254.169.254", "[fd00:ec2::254]"} {
		client = f.client(t, func(c *Config) { c.BaseURL = "https://" + address })
		require.Equal(t, CodeAddressRefused, failure.CodeOf(get(t, client)))
	}
}

func TestConfigIsChecked(t *testing.T) {
	cases := []struct {
		reason string
		config Config
	}{
		{"nowhere to go", Config{}},
		{"plain http shows the password", Config{BaseURL: "http://10.0.0.1"}},
		{"a path", Config{BaseURL: "https://10.0.0.1/x"}},
		{"credentials in the address", Config{BaseURL: "https://a:b@10.0.0.1"}},
		{"a query", Config{Address: "10.0.0.1?x"}},
		{"another scheme", Config{BaseURL: "ftp://10.0.0.1"}},
		{"an empty bundle", Config{Address: "10.0.0.1", TLS: TLS{CA: []byte("none")}}},
		{"a short pin", Config{Address: "10.0.0.1", TLS: TLS{Pin: "abcd"}}},
		{"a pin in words", Config{Address: "10.0.0.1", TLS: TLS{Pin: "letmein"}}},
	}
	for _, c := range cases {
		c.config.Password = secret.New(testPassword)
		_, err := New(c.config)
		require.Error(t, err, c.reason)
		require.NotContains(t, err.Error(), testPassword)
	}
	_, err := New(Config{BaseURL: "http://127.0.0.1:80/", TLS: TLS{Insecure: true}})
	require.NoError(t, err)
}

package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// S7: a URL that names this machine, a network behind it or a cloud's metadata is refused when it is given, in whatever form
// the address is written.
func TestS7BadURLsAreRefusedWhenTheyAreGiven(t *testing.T) {
	for reason, raw := range map[string]string{
		"not encrypted":              "http://hooks.example.com/x",
		"another scheme":             "file:///etc/passwd",
		"gopher":                     "gopher://hooks.example.com:70/x",
		"no scheme":                  "hooks.example.com/x",
		"no host":                    "https:///x",
		"opaque":                     "https:hooks.example.com",
		"a user":                     "https://hooks.example.com@127.0.0.1/",
		"a fragment":                 "https://hooks.example.com/#x",
		"a port that is none":        "https://hooks.example.com:70000/",
		"loopback":                   "https://127.0.0.1/",
		"loopback elsewhere":         "https://127.9.9.9/",
		"loopback in decimal":        "https://2130706433/",
		"loopback in hex":            "https://0x7f000001/",
		"loopback in hex parts":      "https://0x7f.0x0.0x0.0x1/",
		"loopback in octal":          "https://0177.0.0.1/",
		"loopback in one octal":      "https://017700000001/",
		"loopback in short":          "https://127.1/",
		"loopback with a dot":        "https://127.0.0.1./",
		"loopback in wide digits":    "https://１２７.0.0.1/",
		"loopback in circled digits": "https://①②⑦.⓪.⓪.①/",
		"zero":                       "https://0/",
		"unspecified":                "https://0.0.0.0/",
		"IPv6 loopback":              "https://[::1]/",
		"IPv6 unspecified":           "https://[::]/",
		"mapped loopback":            "https://[::ffff:127.0.0.1]/",
		"mapped in hex":              "https://[::ffff:7f00:1]/",
		"compatible loopback":        "https://[::127.0.0.1]/",
		"NAT64 of loopback":          "https://[64:ff9b::7f00:1]/",
		"NAT64, local prefix":        "https://[64:ff9b:1::a00:1]/",
		"6to4 of a private one":      "https://[2002:0a00:0001::1]/",
		"Teredo":                     "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
		"ISATAP":                     "https://[2a00:1450::5efe:10.0.0.1]/",
		"a zone":                     "https://[fe80::1%25eth0]/",
		"link-local IPv6":            "https://[fe80::1]/",
		"unique local":               "https://[fd12:3456::1]/",
		"site-local":                 "https://[fec0::1]/",
		"multicast IPv6":             "https://[ff02::1]/",
		"documentation IPv6":         "https://[2001:db8::1]/",
		"metadata":                   "https://169.254.169.254/latest/meta-data/",
		"metadata, mapped":           "https://[::ffff:169.254.169.254]/",
		"metadata in decimal":        "https://2852039166/",
		"metadata IPv6":              "https://[fd00:ec2::254]/",
		"metadata of Azure":          "https://168.63.129.16/",
		"metadata of Alibaba":        "https://100.100.100.200/",
		"metadata by name":           "https://metadata.google.internal/",
		"private 10":                 "https://10.0.0.1/",
		"private 172":                "https://172.31.255.255/",
		"private 192":                "https://192.168.1.1/",
		"carrier's NAT":              "https://100.64.0.1/",
		"benchmark":                  "https://198.18.0.1/",
		"multicast":                  "https://224.0.0.1/",
		"reserved":                   "https://240.0.0.1/",
		"broadcast":                  "https://255.255.255.255/",
		"localhost":                  "https://localhost/",
		"localhost, dotted":          "https://LOCALHOST./",
		"below localhost":            "https://x.localhost/",
		"a bare name":                "https://mongodb/",
		"the cluster":                "https://api.default.svc.cluster.local/",
		"a space":                    "https://hooks.example.com /",
		"percent in the host":        "https://127.0.0.1%2f.example.com/",
		"a label that is empty":      "https://hooks..example.com/",
		"too long":                   "https://hooks.example.com/" + strings.Repeat("a", 1024),
	} {
		err := Rules{}.Check(raw)
		require.Equal(t, CodeBadURL, failure.CodeOf(err), "%s: %s", reason, raw)
		require.Equal(t, failure.Invalid, failure.KindOf(err), reason)
		require.NotContains(t, err.Error(), "/latest/meta-data", "an error does not repeat the URL")
	}
	for _, raw := range []string{
		"https://hooks.example.com/services/T0/B0/x?token=y", "https://hooks.example.com:8443/", "https://HOOKS.example.com./", "https://8.8.8.8/",
		"https://[2606:4700::1111]/", "https://xn--bcher-kva.example/", "https://a_b.example.com/",
	} {
		require.NoError(t, Rules{}.Check(raw), raw)
		require.NoError(t, Rules{Local: true}.Check(raw), raw)
	}
	for _, raw := range []string{"http://127.0.0.1:8080/x", "http://[::1]:1/", "https://localhost/"} {
		require.NoError(t, Rules{Local: true}.Check(raw), "development takes this machine: %s", raw)
	}
	for _, raw := range []string{"http://169.254.169.254/", "https://10.0.0.1/", "https://[fd00:ec2::254]/", "http://0.0.0.0/"} {
		require.Error(t, Rules{Local: true}.Check(raw), "and nothing else that is inner: %s", raw)
	}
}

// names is a DNS whose answer to each question is the next one of a list; the last one stays.
type names struct {
	mu      sync.Mutex
	answers [][]string
	asked   int
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	texts := n.answers[min(n.asked, len(n.answers)-1)]
	n.asked++
	var all []netip.Addr
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all, nil
}

// target is a server at an address that stands for a public one: the dialer's last step is bent to it.
type target struct {
	*httptest.Server
	mu     sync.Mutex
	dialed []string
	served int
}

func newTarget(t *testing.T, answer http.HandlerFunc) *target {
	t.Helper()
	s := &target{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.served++
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// client is Rules.Client but for the last step of a connection. Certificates are checked for the name that was asked for.
func (s *target) client(t *testing.T, resolver Resolver) *http.Client {
	t.Helper()
	g := newGuard(false)
	d := &dialer{guard: g, resolver: resolver, connect: func(ctx context.Context, network, address string) (net.Conn, error) {
		s.mu.Lock()
		s.dialed = append(s.dialed, address)
		s.mu.Unlock()
		if err := g.control(ctx, network, address, nil); err != nil {
			return nil, err
		}
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}}
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	made := client(d, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	t.Cleanup(made.CloseIdleConnections)
	return made
}

func post(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	require.NoError(t, err)
	response, err := c.Do(request)
	if err == nil {
		t.Cleanup(func() { _ = response.Body.Close() })
	}
	return response, err
}

// S7: a name is resolved once, every address of the answer is looked at, and one of exactly those is dialled.
func TestS7EveryAddressOfANameIsLookedAt(t *testing.T) {
	for reason, c := range map[string]struct {
		answers [][]string
		refused bool
	}{
		"public":                   {[][]string{{"93.184.215.14"}}, false},
		"public, both families":    {[][]string{{"93.184.215.14", "2606:2800:21f::1"}}, false},
		"public in a mapped form":  {[][]string{{"::ffff:93.184.215.14"}}, false},
		"loopback":                 {[][]string{{"127.0.0.1"}}, true},
		"mapped loopback":          {[][]string{{"::ffff:127.0.0.1"}}, true},
		"metadata":                 {[][]string{{"169.254.169.254"}}, true},
		"metadata IPv6":            {[][]string{{"fd00:ec2::254"}}, true},
		"mapped metadata":          {[][]string{{"::ffff:a9fe:a9fe"}}, true},
		"NAT64 of metadata":        {[][]string{{"64:ff9b::a9fe:a9fe"}}, true},
		"6to4 of private":          {[][]string{{"2002:c0a8:101::1"}}, true},
		"carrier's NAT":            {[][]string{{"100.64.1.1"}}, true},
		"unspecified":              {[][]string{{"0.0.0.0"}}, true},
		"multicast":                {[][]string{{"ff0e::1"}}, true},
		"public, then private":     {[][]string{{"93.184.215.14", "10.0.0.5"}}, true},
		"private, then public":     {[][]string{{"10.0.0.5", "93.184.215.14"}}, true},
		"changes after the answer": {[][]string{{"93.184.215.14"}, {"127.0.0.1"}}, false},
	} {
		t.Run(reason, func(t *testing.T) {
			server := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
			resolver := &names{answers: c.answers}
			// The certificate of httptest is for example.com.
			response, err := post(t, server.client(t, resolver), "https://example.com/hook")
			require.Equal(t, 1, resolver.asked, "it is resolved once")
			if c.refused {
				require.Equal(t, CodeAddressRefused, failure.CodeOf(err))
				require.Empty(t, server.dialed, "nothing is dialled")
				return
			}
			require.NoError(t, err)
			require.Equal(t, http.StatusAccepted, response.StatusCode)
			require.Len(t, server.dialed, 1)
			host, _, err := net.SplitHostPort(server.dialed[0])
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(c.answers[0], func(a string) bool { return netip.MustParseAddr(a).Unmap().String() == host }), "one of the answer's is dialled")
		})
	}
}

// S7: a name that rebinds is looked at again for the next connection, and refused then.
func TestS7ANameThatRebindsIsRefusedTheNextTime(t *testing.T) {
	server := newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
	})
	resolver := &names{answers: [][]string{{"93.184.215.14"}, {"169.254.169.254"}}}
	c := server.client(t, resolver)
	_, err := post(t, c, "https://example.com/")
	require.NoError(t, err)
	c.CloseIdleConnections()
	_, err = post(t, c, "https://example.com/")
	require.Equal(t, CodeAddressRefused, failure.CodeOf(err))
	require.Equal(t, 1, server.served)
}

// S7: a redirect is the answer, wherever it leads; neither a proxy of the environment nor one's answer is used.
func TestS7RedirectsAndProxiesAreNotFollowed(t *testing.T) {
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://169.254.169.254/latest/meta-data/")
			w.WriteHeader(status)
		})
		response, err := post(t, server.client(t, &names{answers: [][]string{{"93.184.215.14"}}}), "https://example.com/")
		require.NoError(t, err)
		require.Equal(t, status, response.StatusCode)
		require.Equal(t, 1, server.served)
		require.Len(t, server.dialed, 1)
	}
	transport, ok := Rules{}.Client(nil).Transport.(*http.Transport)
	require.True(t, ok)
	require.Nil(t, transport.Proxy)
}

// S7: the client that is shipped refuses inner addresses although a URL got past the check, and takes this machine in
// development only.
func TestS7TheShippedClientDialsNothingInner(t *testing.T) {
	server := newTarget(t, func(http.ResponseWriter, *http.Request) {})
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(plain.Close)
	for _, url := range []string{server.URL, plain.URL, "http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://0.0.0.0:80/", "http://[::ffff:127.0.0.1]/"} {
		_, err := post(t, Rules{}.Client(nil), url)
		require.Equal(t, CodeAddressRefused, failure.CodeOf(err), url)
	}
	require.Zero(t, server.served)
	response, err := post(t, Rules{Local: true}.Client(nil), plain.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	_, err = post(t, Rules{Local: true}.Client(nil), "http://169.254.169.254/")
	require.Equal(t, CodeAddressRefused, failure.CodeOf(err))
}

// Even were the resolver's answer not looked at, what is dialled is.
func TestTheLastLookIsAtTheSocket(t *testing.T) {
	g := newGuard(false)
	require.Error(t, g.control(t.Context(), "tcp", "127.0.0.1:1", nil))
	require.Error(t, g.control(t.Context(), "tcp", "[::ffff:10.0.0.1]:1", nil))
	require.Error(t, g.control(t.Context(), "tcp", "nonsense", nil))
	require.NoError(t, g.control(t.Context(), "tcp", "93.184.215.14:443", nil))
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"https://hooks.example.com/x", "https://127.1/", "https://[::ffff:7f00:1]/", "https://0x7f.1", "https://a@b.example/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if (Rules{}).Check(raw) != nil {
			return
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, raw, nil)
		require.NoError(t, err, "what is taken can be called")
		require.Equal(t, "https", request.URL.Scheme)
		require.Nil(t, request.URL.User)
		host := request.URL.Hostname()
		if ip, err := netip.ParseAddr(host); err == nil {
			require.True(t, ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast(), host)
			return
		}
		require.Contains(t, strings.TrimSuffix(host, "."), ".")
		require.Nil(t, net.ParseIP(host))
	})
}

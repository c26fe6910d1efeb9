package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login/logintest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const home = "https://lcm.example"

// desk is an edge at which people sign in with a browser.
type desk struct {
	*edge
	provider *logintest.Provider
	at       time.Time
	deps     httpapi.Deps
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{provider: logintest.New(t), at: time.Now()}
	engine := storetest.New(t, collections()...)
	d.edge = newEdgeOn(t, engine, func(deps *httpapi.Deps) {
		d.wire(t, deps, engine)
		d.deps = *deps
	})
	return d
}

// wire adds signing in to an edge; it is called once for each replica.
func (d *desk) wire(t *testing.T, deps *httpapi.Deps, engine store.Engine) {
	t.Helper()
	box, err := seal.New(secret.New(strings.Repeat("k", 32)))
	require.NoError(t, err)
	now := func() time.Time { return d.at }
	deps.Now = now
	deps.Login = login.New(login.Config{
		Issuer: d.provider.URL, ClientID: logintest.ClientID, ClientSecret: secret.New(logintest.ClientSecret),
		Redirect: home + "/api/auth/callback", Home: home + "/", Box: box, Now: now,
	})
	deps.Sessions = session.New(session.Config{Engine: engine, Box: box, Renewer: deps.Login, Lasts: 10 * time.Hour, Leeway: 5 * time.Minute, Now: now})
	deps.Web = httpapi.Web{Origin: home, Origins: []string{"https://pages.example"}, Secure: true, Warning: 10 * time.Minute}
}

// replica is another edge on the same store.
func (d *desk) replica(t *testing.T) *edge {
	t.Helper()
	deps := d.deps
	d.wire(t, &deps, d.engine)
	handler, err := httpapi.New(deps)
	require.NoError(t, err)
	other := d.in(t)
	other.handler = handler
	return other
}

// browser keeps cookies as a browser does.
type browser struct {
	*desk
	cookies map[string]string
}

func (d *desk) browser() *browser { return &browser{desk: d, cookies: map[string]string{}} }

func (b *browser) do(r request) answer {
	b.t.Helper()
	var pairs []string
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	r.headers = append(append([]string{}, r.headers...), "Cookie", strings.Join(pairs, "; "))
	out := b.edge.do(r)
	for _, line := range out.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		require.NoError(b.t, err)
		require.True(b.t, c.HttpOnly && c.Secure && c.SameSite == http.SameSiteLaxMode, line)
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	return out
}

func (b *browser) get(path string) answer { return b.do(request{method: http.MethodGet, path: path}) }

// begin goes to sign in and gives where the browser was sent.
func (b *browser) begin() string {
	b.t.Helper()
	out := b.get("/api/auth/login")
	require.Equal(b.t, http.StatusSeeOther, out.status, string(out.body))
	return out.header.Get("Location")
}

func (b *browser) signIn(subject string) {
	b.t.Helper()
	back := b.provider.SignIn(b.begin(), subject)
	require.Equal(b.t, home+"/api/auth/callback", back.Scheme+"://"+back.Host+back.Path)
	out := b.get(back.RequestURI())
	require.Equal(b.t, http.StatusSeeOther, out.status, string(out.body))
	require.Equal(b.t, "/", out.header.Get("Location"))
	require.NotContains(b.t, b.cookies, api.CookieLogin, "the attempt is over")
	require.Len(b.t, b.cookies[api.CookieSession], 64, "256 random bits")
}

func (b *browser) session() api.SessionInfo {
	b.t.Helper()
	out := b.get("/api/auth/session")
	require.Equal(b.t, http.StatusOK, out.status, string(out.body))
	return decode[api.SessionInfo](b.t, out)
}

// meant are the headers that a page of ours sends with a change.
func (b *browser) meant() []string {
	return []string{api.HeaderCSRF, b.session().CSRFToken, "Sec-Fetch-Site", "same-origin", "Origin", home}
}

func TestSignInWithABrowser(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	require.Equal(t, api.SessionInfo{SessionMaxDurationMinutes: 600, SessionExpirationWarningMinutes: 10}, b.session())
	require.Equal(t, http.StatusUnauthorized, b.get("/api/workers").status)

	b.signIn("ann")
	info := b.session()
	require.True(t, info.Authenticated)
	require.Equal(t, 36000, info.ExpiresInSeconds)
	require.NotEmpty(t, info.CSRFToken)
	require.Equal(t, http.StatusOK, b.get("/api/workers").status)
	who := decode[api.UserInfo](t, b.get("/api/auth/user"))
	require.Equal(t, api.UserInfo{Subject: "ann", Roles: []api.Role{api.User}, AuthenticatedBy: "session"}, who)
	require.Equal(t, http.StatusForbidden, b.get("/api/auth/check-admin").status)
	d.provider.Set(func(p *logintest.Provider) { p.Access = func(string) string { return "ada:admin" } })
	admin := d.browser()
	admin.signIn("ada")
	require.Equal(t, http.StatusOK, admin.get("/api/auth/check-admin").status)

	mine := b.do(request{http.MethodGet, "/api/auth/user", "", as("bob", "manager")})
	require.Equal(t, "bob", decode[api.UserInfo](t, mine).Subject, "a token that was sent on purpose goes before the cookie")

	old := b.cookies[api.CookieSession]
	out := b.get("/api/auth/logout")
	require.Equal(t, http.StatusSeeOther, out.status)
	require.True(t, strings.HasPrefix(out.header.Get("Location"), d.provider.URL+"/logout?"), "signed out at the provider too")
	require.NotContains(t, b.cookies, api.CookieSession)
	b.cookies[api.CookieSession] = old
	require.Equal(t, http.StatusUnauthorized, b.get("/api/workers").status, "an old cookie is worth nothing")
	require.Equal(t, "session_ended", d.problem(b.get("/api/workers"), "/api/workers").Code)
}

func TestAnyReplicaServesASession(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	address := b.begin()
	other := d.replica(t)
	b.edge = other
	out := b.get(d.provider.SignIn(address, "ann").RequestURI())
	require.Equal(t, http.StatusSeeOther, out.status, "begun at one replica, finished at another: %s", out.body)
	b.edge = d.edge
	require.Equal(t, http.StatusOK, b.get("/api/workers").status)
}

// TestS2CookieCallsMustBeMeant is control S2: what another site makes a browser send is refused and changes nothing.
func TestS2CookieCallsMustBeMeant(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	b.signIn("ann")
	definition := d.definition("one")
	good := b.session().CSRFToken
	stranger := d.browser()
	stranger.signIn("eve")
	foreign := stranger.session().CSRFToken
	body := marshal(t, slot(definition.ID, time.Hour, 90*time.Minute))
	for reason, headers := range map[string][]string{
		"no token":                    {"Sec-Fetch-Site", "same-origin"},
		"an empty token":              {api.HeaderCSRF, "", "Sec-Fetch-Site", "same-origin"},
		"a wrong token":               {api.HeaderCSRF, "x" + good[1:], "Sec-Fetch-Site", "same-origin"},
		"another session's token":     {api.HeaderCSRF, foreign, "Sec-Fetch-Site", "same-origin"},
		"from another site":           {api.HeaderCSRF, good, "Sec-Fetch-Site", "cross-site"},
		"from a neighbouring site":    {api.HeaderCSRF, good, "Sec-Fetch-Site", "same-site"},
		"another origin":              {api.HeaderCSRF, good, "Origin", "https://evil.example"},
		"an origin that begins so":    {api.HeaderCSRF, good, "Origin", home + ".evil.example"},
		"no origin to speak of":       {api.HeaderCSRF, good, "Origin", "null"},
		"another origin says its own": {api.HeaderCSRF, good, "Sec-Fetch-Site", "same-origin", "Origin", "https://evil.example"},
	} {
		before := d.content()
		out := b.do(request{http.MethodPost, "/api/lablet-instances", body, headers})
		require.Equal(t, http.StatusForbidden, out.status, reason)
		require.Equal(t, "csrf", d.problem(out, "/api/lablet-instances").Code, reason)
		for _, path := range []string{"/api/auth/refresh", "/api/auth/extend-session"} {
			require.Equal(t, http.StatusForbidden, b.do(request{http.MethodPost, path, "", headers}).status, reason)
		}
		require.Equal(t, before, d.content(), reason)
	}
	for reason, headers := range map[string][]string{
		"our own page":       b.meant(),
		"an old browser":     {api.HeaderCSRF, good},
		"a configured page":  {api.HeaderCSRF, good, "Sec-Fetch-Site", "same-site", "Origin", "https://pages.example"},
		"no cookie involved": as("ann", "user", "Sec-Fetch-Site", "cross-site"),
	} {
		out := b.do(request{http.MethodPost, "/api/lablet-instances", body, headers})
		require.Equal(t, http.StatusCreated, out.status, "%s: %s", reason, out.body)
	}
	out := b.do(request{http.MethodGet, "/api/auth/logout", "", []string{"Sec-Fetch-Site", "cross-site"}})
	require.Equal(t, http.StatusForbidden, out.status, "another site's link signs nobody out")
	require.True(t, b.session().Authenticated)
}

// TestS2OneBrowsersSignInIsNotAnothers is control S2: an attacker who sends a victim to the callback with the attacker's own
// answer does not sign the victim in as the attacker.
func TestS2OneBrowsersSignInIsNotAnothers(t *testing.T) {
	d := newDesk(t)
	attacker, victim := d.browser(), d.browser()
	back := d.provider.SignIn(attacker.begin(), "eve").RequestURI()
	out := victim.get(back)
	require.Equal(t, http.StatusUnauthorized, out.status, "without an attempt of its own")
	require.Equal(t, "login_state", d.problem(out, "/api/auth/callback").Code)
	victim.begin()
	require.Equal(t, http.StatusUnauthorized, victim.get(back).status, "with an attempt of its own")
	require.NotContains(t, victim.cookies, api.CookieSession)
	require.Equal(t, http.StatusUnauthorized, victim.get(back).status, "an attempt is good for one answer")
}

// A session that an attacker planted is not the one that a sign-in goes on with.
func TestASignInGivesANewSession(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	b.signIn("eve")
	planted := b.cookies[api.CookieSession]
	b.signIn("ann")
	require.NotEqual(t, planted, b.cookies[api.CookieSession])
	other := d.browser()
	other.cookies[api.CookieSession] = planted
	require.Equal(t, http.StatusUnauthorized, other.get("/api/auth/user").status, "what the browser had before has ended")
}

func TestTheTokensMustBeAboutOnePerson(t *testing.T) {
	d := newDesk(t)
	d.provider.Set(func(p *logintest.Provider) { p.Access = func(string) string { return "root:admin" } })
	b := d.browser()
	out := b.get(d.provider.SignIn(b.begin(), "ann").RequestURI())
	require.Equal(t, http.StatusUnauthorized, out.status)
	require.NotContains(t, b.cookies, api.CookieSession)
}

func TestSessionsAreRenewedAndExtended(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	b.signIn("ann")
	d.at = d.at.Add(56 * time.Minute)
	require.Equal(t, http.StatusOK, b.get("/api/workers").status)
	d.provider.Set(func(p *logintest.Provider) { require.Equal(t, 1, p.Refreshed, "renewed before its end, unseen") })

	out := b.do(request{http.MethodPost, "/api/auth/refresh", "", b.meant()})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, "ann:user", decode[api.RefreshedTokens](t, out).AccessToken)
	require.Equal(t, "no-store", out.header.Get("Cache-Control"))

	out = b.do(request{http.MethodPost, "/api/auth/extend-session", "", b.meant()})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, 36000, decode[api.SessionInfo](t, out).ExpiresInSeconds)
	d.at = d.at.Add(10 * time.Hour)
	require.False(t, b.session().Authenticated, "a session ends")
	for _, path := range []string{"/api/auth/refresh", "/api/auth/extend-session"} {
		require.Equal(t, http.StatusUnauthorized, d.browser().do(request{http.MethodPost, path, "", as("ann", "user")}).status, "a token is no session")
	}
}

func TestTheProviderIsDown(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	b.signIn("ann")
	d.provider.Set(func(p *logintest.Provider) { p.Down = true })
	require.Equal(t, http.StatusOK, b.get("/api/workers").status, "who is signed in stays so")
	late := d.replica(t)
	fresh := d.browser()
	fresh.edge = late
	out := fresh.get("/api/auth/login")
	require.Equal(t, http.StatusSeeOther, out.status)
	require.Equal(t, "/?auth_error=identity_unavailable", out.header.Get("Location"))
	require.NotContains(t, fresh.cookies, api.CookieLogin)
	b.edge = late
	require.Equal(t, http.StatusOK, b.get("/api/workers").status, "at a replica that never reached the provider too")
	out = b.get("/api/auth/logout")
	require.Equal(t, home+"/", out.header.Get("Location"), "signing out does not wait for the provider")
}

func TestWhereSigningInIsNotConfigured(t *testing.T) {
	e := newEdge(t)
	for _, path := range []string{"/api/auth/login", "/api/auth/callback"} {
		out := e.do(request{method: http.MethodGet, path: path})
		require.Equal(t, http.StatusServiceUnavailable, out.status)
		require.Equal(t, "login_not_configured", e.problem(out, path).Code)
	}
	out := e.do(request{http.MethodPost, "/api/auth/refresh", "", []string{"Cookie", api.CookieSession + "=x"}})
	require.Equal(t, http.StatusServiceUnavailable, out.status)
	require.Equal(t, http.StatusOK, e.do(request{method: http.MethodGet, path: "/api/auth/session"}).status)
	require.Equal(t, http.StatusSeeOther, e.do(request{method: http.MethodGet, path: "/api/auth/logout"}).status)
}

func TestNothingOfASessionIsShown(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	address := b.begin()
	back := d.provider.SignIn(address, "ann")
	b.get(back.RequestURI())
	_ = b.get("/api/workers")
	state, err := url.Parse(address)
	require.NoError(t, err)
	require.Len(t, d.content()[session.Name], 1)
	stored := marshal(t, d.content())
	for _, hidden := range []string{b.cookies[api.CookieSession], state.Query().Get("state"), state.Query().Get("nonce"), back.Query().Get("code"), "ann:user", "canary-grant", logintest.ClientSecret} {
		require.NotContains(t, stored+d.log.String(), hidden)
	}
}

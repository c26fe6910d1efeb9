package etcdtest_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
)

// outage is how long etcd is away: LCM_TEST_OUTAGE, or 20 s.
func outage(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("LCM_TEST_OUTAGE")
	if text == "" {
		return 20 * time.Second
	}
	d, err := time.ParseDuration(text)
	require.NoError(t, err, "LCM_TEST_OUTAGE")
	return d
}

// catchUp bounds how soon after an outage a mirror is current, on the slowest of machines. The seconds that it may take elsewhere are
// shown in virtual time.
const catchUp = time.Minute

func TestMirrorThroughALongOutage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as the outage")
	}
	t.Parallel()
	for _, test := range []struct {
		name, reason string
		begin, end   func(*etcdtest.Relay)
	}{
		{"held", "nothing tells that the connection is dead", func(r *etcdtest.Relay) { r.Hold(true) }, func(r *etcdtest.Relay) { r.Hold(false) }},
		{"refused", "nobody listens", func(r *etcdtest.Relay) { r.Refuse(true) }, func(r *etcdtest.Relay) { r.Refuse(false) }},
		{"held, then cut", "a proxy that died is replaced", func(r *etcdtest.Relay) { r.Hold(true) }, func(r *etcdtest.Relay) {
			r.Hold(false)
			r.Cut()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := etcdtest.New(t)
			direct, relay := server.Client(), etcdtest.NewRelay(t, server.Endpoint)
			random, want := rand.New(rand.NewPCG(31, 1)), map[string]string{} //nolint:gosec // a plan, not a secret
			for range 50 {
				change(t, direct, random, want)
			}
			mirror, follower := start(t, relay.Client(t), 7)
			requireSame(t, want, mirror, follower, catchUp)

			test.begin(relay)
			for range 200 {
				change(t, direct, random, want)
			}
			require.NoError(t, server.Compact(t.Context()), "what was missed cannot be watched any more")
			begun := time.Now()
			require.Eventually(t, func() bool { return mirror.Check() != nil }, etcdkv.SilenceLimit+10*time.Second, 50*time.Millisecond,
				"whoever decides by the copy is told that it is old")
			<-time.After(outage(t) - time.Since(begun))
			for range 20 {
				change(t, direct, random, want)
			}
			test.end(relay)
			requireSame(t, want, mirror, follower, catchUp)
			require.NoError(t, mirror.Check(), test.reason)
		})
	}
}

package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// OpenFunc opens the store at url with Collections.
type OpenFunc func(ctx context.Context, url string) (store.Engine, error)

// Suite is one engine under test.
type Suite struct {
	// Fresh makes a place for an empty store and returns its URL.
	Fresh func(t testing.TB) string
	// Open opens what Fresh made, as often as the suite likes, also in other processes (see Main).
	Open OpenFunc
	// OneProcess says that the data lives and dies with this process: what needs a further one is left out.
	OneProcess bool
}

// things is the collection that the suite works on, others one that must stay untouched by it.
const (
	things = "things"
	others = "others"
)

// Collections are those that the suite uses.
func Collections() []store.Collection {
	return []store.Collection{
		{Name: things, Fields: []string{"color", "name", "rank"}},
		{Name: others, Fields: []string{"color"}},
	}
}

// Run runs the suite. It keeps fewer than 1,000 documents, so that slow stand-ins can take part.
func Run(t *testing.T, s Suite) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Suite)
		// processes says that the test starts further ones.
		processes bool
	}{
		{"crud", testCRUD, false},
		{"round trip", testRoundTrip, false},
		{"unique", testUnique, false},
		{"stale versions", testStale, false},
		{"concurrent writers", testConcurrentWriters, false},
		{"concurrent inserts", testConcurrentInserts, false},
		{"marks", testMarks, false},
		{"marks race with replace", testMarksRace, false},
		{"conditions", testConditions, false},
		{"order and pages", testPages, false},
		{"walk", testWalk, false},
		{"bare", testBare, false},
		{"expiry", testExpiry, false},
		{"reopen", testReopen, false},
		{"meta", testMeta, false},
		{"lost answers", testLostAnswers, false},
		{"ended contexts", testEndedContexts, false},
		{"large documents", testLarge, false},
		{"odd keys", testOddKeys, false},
		{"refusals", testRefusals, false},
		{"closed", testClosed, false},
		{"two engines", testTwoEngines, false},
		{"two processes", testTwoProcesses, true},
		{"kill", testKill, true},
	} {
		if c.processes && s.OneProcess {
			continue
		}
		t.Run(c.name, func(t *testing.T) { c.test(t, s) })
	}
}

// testTime bounds every test of the suite, slow engines included.
const testTime = 2 * time.Minute

// fresh opens an empty store for one test.
func (s Suite) fresh(t testing.TB) (context.Context, store.Engine) {
	t.Helper()
	ctx := deadline(t)
	return ctx, s.open(ctx, t, s.Fresh(t))
}

func (s Suite) open(ctx context.Context, t testing.TB, url string) store.Engine {
	t.Helper()
	e, err := s.Open(ctx, url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	t.Cleanup(cancel)
	return ctx
}

package replicas

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// writers work at once, each on so many bookings.
const (
	writers  = 8
	bookings = 8
)

// Two replicas of the API work on one store while people book and the scheduler schedules. One of them, the one that leads
// at first, is killed in the middle. Nothing that was acknowledged is lost, no event is lost or changes its id, each
// aggregate's come in order, nothing is booked twice, and streams go on at the other replica.
func TestTwoReplicasUnderLoadOneKilled(t *testing.T) {
	for name, store := range stores(t) {
		t.Run(name, func(t *testing.T) { underLoad(t, store) })
	}
}

// stores are the URLs of the stores to test with; an empty one stands for a SQLite file.
func stores(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"sqlite": ""}
	if server := os.Getenv("LCM_TEST_MONGODB_URI"); server != "" {
		all["mongodb"] = freshDatabase(t, server)
	}
	return all
}

func underLoad(t *testing.T, store string) {
	s := newStage(t, store)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()

	watching, leave := context.WithCancel(ctx)
	watchers := []*watcher{newWatcher(s, 0), newWatcher(s, 1)}
	var gone sync.WaitGroup
	for _, w := range watchers {
		gone.Go(func() { w.run(watching) })
	}
	defer gone.Wait()
	defer leave()
	for _, w := range watchers {
		require.NoError(t, demo.Until(ctx, func() (bool, error) { return w.connected(), nil }))
	}

	booked := &promises{byID: map[string]promise{}}
	s.load(ctx, t, booked)
	require.Equal(t, 2, s.plane.Starts(plane.API), "one replica was killed once")
	require.Equal(t, 1, s.plane.Starts(plane.APIReplica(2)))
	require.Len(t, booked.byID, writers*bookings, "each key made one booking")
	require.Positive(t, booked.extended)
	require.GreaterOrEqual(t, s.settled(ctx, t), writers*bookings/4, "so many have a place")
	s.requireKept(ctx, t, booked)
	instances := s.instances(ctx, t)
	require.Len(t, instances, writers*bookings+1, "nothing was made that was not answered")
	s.requireI3(ctx, t)

	var events []string
	for _, i := range instances {
		for _, entry := range s.entries(ctx, t, i.ID) {
			for n := range entry.Events {
				events = append(events, fmt.Sprintf("%s/%d", entry.ID, n))
			}
			if len(entry.Events) == 0 {
				continue
			}
			for _, w := range watchers {
				require.NoError(t, demo.Until(ctx, func() (bool, error) { return w.has(i.ID, entry.Version), nil }),
					"a stream missed version %d of %s", entry.Version, i.ID)
			}
		}
	}
	require.Greater(t, len(events), 2*writers*bookings)
	s.requireDelivered(ctx, t, events)
	opened, resumed := watchers[0].counts()
	require.GreaterOrEqual(t, resumed, 1, "the stream of the killed replica went on at the other one")
	require.Equal(t, opened-1, resumed, "wherever it was opened again")
}

// load lets all writers work, and kills a replica when they have done a third.
func (s *stage) load(ctx context.Context, t *testing.T, booked *promises) {
	t.Helper()
	var done atomic.Int64
	var killed error
	group, working := errgroup.WithContext(ctx)
	for writer := range writers {
		group.Go(func() error {
			return s.write(working, writer, bookings, booked, func() {
				if done.Add(1) == writers*bookings/3 {
					killed = s.plane.Kill(ctx, plane.API)
				}
			})
		})
	}
	err := group.Wait()
	require.NoError(t, cmp.Or(err, killed))
}

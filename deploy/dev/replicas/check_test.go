package replicas

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
)

// requireKept checks on both replicas that everything that was acknowledged is there.
func (s *stage) requireKept(ctx context.Context, t *testing.T, booked *promises) {
	t.Helper()
	for id, promised := range booked.byID {
		for _, people := range s.people {
			i, err := people.User.GetInstance(ctx, api.ID{ID: id})
			require.NoError(t, err)
			require.Equal(t, s.definition.ID, i.DefinitionID)
			require.WithinDuration(t, promised.end, *i.TimeslotEnd, 0, "%s: the extension that was acknowledged", id)
			if promised.terminated {
				require.Equal(t, lifecycle.InstanceTerminated, i.DesiredStatus, "%s: the end that was acknowledged", id)
			}
		}
	}
}

// instances gives all read models, ended ones too.
func (s *stage) instances(ctx context.Context, t *testing.T) []readmodel.Instance {
	t.Helper()
	const most = 1000
	var all []readmodel.Instance
	for {
		page, err := s.inside.InstanceModels(ctx, api.InstanceModelQuery{ModelQuery: api.ModelQuery{
			ModelList: api.ModelList{Limit: most, Skip: len(all)}, IncludeTerminated: true,
		}})
		require.NoError(t, err)
		all = append(all, page...)
		if len(page) < most {
			return all
		}
	}
}

// settled waits until every instance that is wanted has its place, or has been told why not, and counts the places.
func (s *stage) settled(ctx context.Context, t *testing.T) (placed int) {
	t.Helper()
	var last readmodel.Instance
	require.NoError(t, demo.Until(ctx, func() (bool, error) {
		placed = 0
		for _, i := range s.instances(ctx, t) {
			_, told := readmodel.FindCondition(i.Conditions, "Placed")
			if i.Status == lifecycle.InstancePending && i.DesiredStatus != lifecycle.InstanceTerminated && !told {
				last = i
				return false, nil
			}
			if i.Status == lifecycle.InstanceScheduled {
				placed++
			}
		}
		return true, nil
	}), "%+v", last)
	return placed
}

// requireI3 checks that no worker has promised more than it has, that no port is given twice at a time, and that each
// instance that has a place is in one book once.
func (s *stage) requireI3(ctx context.Context, t *testing.T) {
	t.Helper()
	workers, err := s.inside.WorkerModels(ctx, api.WorkerModelQuery{ModelQuery: api.ModelQuery{ModelList: api.ModelList{Limit: 1000}}})
	require.NoError(t, err)
	places := map[booking.Holder]string{}
	for _, w := range workers {
		for _, e := range w.Book {
			require.Empty(t, places[e.Holder], "%+v is booked twice", e.Holder)
			places[e.Holder] = w.ID
			requireRoom(t, w, e)
		}
	}
	for _, i := range s.instances(ctx, t) {
		if i.Status == lifecycle.InstanceScheduled {
			require.Equal(t, i.WorkerID, places[booking.Holder{InstanceID: i.ID, Attempt: i.Attempt}], "instance %s", i.ID)
		}
	}
}

// requireRoom adds up what a worker has promised at the moment when an entry begins: a peak is always at such a moment.
func requireRoom(t *testing.T, w readmodel.Worker, begins booking.Entry) {
	t.Helper()
	var cpu, memory, storage, nodes int
	taken := map[int]booking.Holder{}
	for _, e := range w.Book {
		if e.From.After(begins.From) || !e.Until.IsZero() && !e.Until.After(begins.From) {
			continue
		}
		storage += e.Requirements.StorageGB
		if !e.Idle {
			cpu, memory, nodes = cpu+e.Requirements.CPUCores, memory+e.Requirements.MemoryGB, nodes+e.Nodes
		}
		for _, port := range e.Ports {
			require.NotContains(t, taken, port.Number, "port %d of worker %s at %s", port.Number, w.ID, begins.From)
			taken[port.Number] = e.Holder
		}
	}
	limits := w.Limits()
	require.LessOrEqual(t, cpu, limits.Declared.CPUCores, "vCPU of worker %s at %s", w.ID, begins.From)
	require.LessOrEqual(t, memory, limits.Declared.MemoryGB, "memory of worker %s at %s", w.ID, begins.From)
	require.LessOrEqual(t, storage, limits.Declared.StorageGB, "storage of worker %s at %s", w.ID, begins.From)
	if limits.NodeLimit != nil {
		require.LessOrEqual(t, nodes, *limits.NodeLimit, "nodes of worker %s at %s", w.ID, begins.From)
	}
}

// delivered is an event at the sink, as far as it is looked at.
type delivered struct {
	Repeat int            `json:"repeat"`
	Event  api.CloudEvent `json:"event"`
}

func (s *stage) delivered(ctx context.Context, t *testing.T) []delivered {
	t.Helper()
	var answer struct {
		Events []delivered `json:"events"`
	}
	require.NoError(t, s.outside.Call(ctx, http.MethodGet, s.plane.Endpoints().Sink+"/_sim/events", nil, &answer))
	return answer.Events
}

// entries gives what the audit log has of an instance, in the order of its versions, and checks that nothing is missing.
func (s *stage) entries(ctx context.Context, t *testing.T, id string) []api.AuditEntry {
	t.Helper()
	admin := s.people[1].Admin
	verdict, err := admin.VerifyAudit(ctx, api.VerifyAudit{Kind: string(readmodel.KindInstance), ID: id})
	require.NoError(t, err)
	require.True(t, verdict.Intact, "%s: %s", id, verdict.Problem)
	entries, err := admin.ListAudit(ctx, api.ListAudit{List: api.List{Limit: 200}, Kind: string(readmodel.KindInstance), ID: id})
	require.NoError(t, err)
	slices.Reverse(entries)
	return entries
}

// requireDelivered waits until the sink has every event of the entries, and checks that each came in the order of its
// aggregate, and a repeated one as it came first.
func (s *stage) requireDelivered(ctx context.Context, t *testing.T, want []string) {
	t.Helper()
	var got []delivered
	var missing string
	require.NoError(t, demo.Until(ctx, func() (bool, error) {
		got = s.delivered(ctx, t)
		there := map[string]bool{}
		for _, d := range got {
			there[tailOf(d.Event.ID)] = true
		}
		at := slices.IndexFunc(want, func(id string) bool { return !there[id] })
		if at >= 0 {
			missing = want[at]
		}
		return at < 0, nil
	}), "event %s is lost", missing)

	first, place := map[string]api.CloudEvent{}, map[string][2]int64{}
	for _, d := range got {
		if before, repeated := first[d.Event.ID]; repeated {
			require.Equal(t, before, d.Event, "a repeated event is the same")
			continue
		}
		require.Zero(t, d.Repeat)
		first[d.Event.ID] = d.Event
		aggregate, at := placeOf(t, d.Event.ID)
		before := place[aggregate]
		require.True(t, before[0] < at[0] || before[0] == at[0] && before[1] < at[1], "%s came after %v", d.Event.ID, before)
		place[aggregate] = at
	}
	kinds := map[string]string{}
	for id, event := range first {
		what := fmt.Sprintf("%s %s %s", event.Subject, event.Type, event.Time)
		aggregate, at := placeOf(t, id)
		name := fmt.Sprintf("%s/%d/%d", aggregate, at[0], at[1])
		require.Empty(t, kinds[name], "%s has one id", what)
		kinds[name] = id
	}
}

// tailOf is the part of an event's id that names kind, aggregate, version and place in it.
func tailOf(id string) string {
	parts := strings.Split(id, "/")
	return strings.Join(parts[max(0, len(parts)-4):], "/")
}

func placeOf(t *testing.T, id string) (aggregate string, place [2]int64) {
	t.Helper()
	parts := strings.Split(tailOf(id), "/")
	require.Len(t, parts, 4, id)
	_, err := fmt.Sscan(parts[2], &place[0])
	require.NoError(t, err, id)
	_, err = fmt.Sscan(parts[3], &place[1])
	require.NoError(t, err, id)
	place[1]++ // so that zero is before all
	return parts[0] + "/" + parts[1], place
}

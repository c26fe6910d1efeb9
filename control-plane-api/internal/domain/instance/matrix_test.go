package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) parts.Act { return parts.Act{By: "tester", At: noon.Add(d)} }

// fresh is an instance as it is after it was stored: nothing is told.
func fresh(i *Instance) *Instance {
	copied := *i
	copied.Root = aggregate.Root{ID: i.ID}
	return &copied
}

func pending(t *testing.T) *Instance {
	t.Helper()
	start, end := noon.Add(time.Hour), noon.Add(2*time.Hour)
	i, err := New("i-1", Spec{
		Definition: Definition{ID: "d-1", Name: "lab", Version: "1.0.0"}, OwnerID: "ann", Start: &start, End: &end,
		Lead: 15 * time.Minute, Max: 3 * time.Hour,
	}, at(0))
	require.NoError(t, err)
	return fresh(i)
}

// inState walks an instance along its table to a status.
func inState(t *testing.T, want lifecycle.InstanceStatus) *Instance {
	t.Helper()
	i := pending(t)
	for _, step := range []func() error{
		func() error { return i.Schedule("w-1", []booking.Port{{Name: "pc", Number: 2000}}, at(1)) },
		func() error { return i.StartInstantiation(i.Ports, at(2)) },
		func() error {
			return i.MarkReady(Ready{LDSSessionID: "s-1", LoginURL: "https://lds/x", CMLLabID: "lab-1"}, at(3))
		},
		func() error { return i.Run(at(4)) },
		func() error { return i.Collect(at(5)) },
		func() error { return i.Grade(at(6)) },
		func() error { return i.Stop(at(7)) },
		func() error { return i.MarkStopped(at(8)) },
		func() error { return i.Archive(at(9)) },
		func() error { return i.Terminate(at(10)) },
	} {
		if i.Status == want {
			break
		}
		require.NoError(t, step())
	}
	require.Equal(t, want, i.Status)
	return fresh(i)
}

// verbs that move, by the status that they lead to and the event that they raise.
var verbs = map[string]struct {
	to    lifecycle.InstanceStatus
	event string
	call  func(*Instance) error
}{
	"schedule":    {lifecycle.InstanceScheduled, EventScheduled, func(i *Instance) error { return i.Schedule("w-2", nil, at(60)) }},
	"instantiate": {lifecycle.InstanceInstantiating, EventInstantiating, func(i *Instance) error { return i.StartInstantiation(nil, at(60)) }},
	"ready": {lifecycle.InstanceReady, EventReady, func(i *Instance) error {
		return i.MarkReady(Ready{CMLLabID: "l", LoginURL: "https://lds"}, at(60))
	}},
	"run":       {lifecycle.InstanceRunning, EventRunning, func(i *Instance) error { return i.Run(at(60)) }},
	"collect":   {lifecycle.InstanceCollecting, EventCollecting, func(i *Instance) error { return i.Collect(at(60)) }},
	"grade":     {lifecycle.InstanceGrading, EventGrading, func(i *Instance) error { return i.Grade(at(60)) }},
	"stop":      {lifecycle.InstanceStopping, EventStopping, func(i *Instance) error { return i.Stop(at(60)) }},
	"stopped":   {lifecycle.InstanceStopped, EventStopped, func(i *Instance) error { return i.MarkStopped(at(60)) }},
	"archive":   {lifecycle.InstanceArchived, EventArchived, func(i *Instance) error { return i.Archive(at(60)) }},
	"terminate": {lifecycle.InstanceTerminated, EventTerminated, func(i *Instance) error { return i.Terminate(at(60)) }},
	"requeue":   {lifecycle.InstancePending, EventRequeued, func(i *Instance) error { return i.Requeue("why", "because", at(60)) }},
}

func TestEveryVerbInEveryState(t *testing.T) {
	for _, from := range lifecycle.Instances().Statuses() {
		for name, verb := range verbs {
			t.Run(string(from)+"/"+name, func(t *testing.T) {
				i := inState(t, from)
				err := verb.call(i)
				events, changed, raises := i.Changes()
				switch {
				case from == verb.to && name == "schedule":
					require.Equal(t, "invalid_transition", failure.CodeOf(err), "another worker is another place")
				case from == verb.to && name == "terminate":
					require.Equal(t, "instance_terminated", failure.CodeOf(err))
				case from == verb.to:
					require.NoError(t, err, "the effect is there")
					require.False(t, changed)
				case from == lifecycle.InstanceStopped && name == "run":
					require.Equal(t, "not_resumed", failure.CodeOf(err), "nobody asked for it to go on")
					require.False(t, changed)
				case lifecycle.Instances().Allows(from, verb.to):
					require.NoError(t, err)
					require.Equal(t, verb.to, i.Status)
					require.True(t, raises)
					require.Contains(t, types(events), verb.event)
					last := i.StateHistory[len(i.StateHistory)-1]
					require.Equal(t, string(from), last.From)
					require.Equal(t, string(verb.to), last.To)
					require.Equal(t, "tester", last.By)
					require.Equal(t, noon.Add(60), i.StatusSince)
				default:
					require.Equal(t, failure.Conflict, failure.KindOf(err), "the table is strict")
					require.Equal(t, from, i.Status)
					require.False(t, changed, "a refusal changes nothing")
				}
			})
		}
	}
}

func types(events []aggregate.Event) []string {
	names := make([]string, 0, len(events))
	for _, event := range events {
		names = append(names, event.Type)
	}
	return names
}

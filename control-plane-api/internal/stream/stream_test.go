package stream_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/stream"
)

const (
	workers   = readmodel.KindWorker
	instances = readmodel.KindInstance
)

func TestAStreamBeginsWithWhatThereIsAndGoesOnWithChanges(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.shelf.shown = []stream.Snapshot{{Kind: workers, ID: "w1", Version: 3, Worker: "w1", Data: map[string]string{"worker_id": "w1"}}}
		b.change(workers, "w1", map[string]any{"status": "running"}, "cml_worker.created.v1", `{}`)
		c := b.open(person("ann"), api.StreamEvents{})
		b.change(workers, "w1", map[string]any{"status": "running"}, "cml_worker.status.updated.v1", `{"old_status":"pending","new_status":"running"}`)
		synctest.Wait()

		all := c.frames()
		require.Equal(t, []string{"connected", "worker.snapshot", "heartbeat", "worker.status.updated"}, names(all))
		require.Equal(t, "ann", field(t, all[0], "user"))
		require.Empty(t, all[1].ID, "a reader that breaks off amid snapshots has not seen all")
		require.NotEmpty(t, all[2].ID)
		last := all[3]
		require.Equal(t, []any{"workers", "w1", int64(2), "w1", "running"}, []any{last.Kind, last.StreamFrame.ID, last.Version, field(t, last, "worker_id"), field(t, last, "new_status")})
		require.Equal(t, "control-plane-api", last.Source)
		require.NotEmpty(t, last.ID)

		<-time.After(30 * time.Second)
		synctest.Wait()
		require.Equal(t, "heartbeat", c.frames()[4].Event, "a silent stream says that it lives")
		c.close()
		require.Zero(t, b.hub.Clients.Load())
	})
}

func names(all []got) (events []string) {
	for _, f := range all {
		events = append(events, f.Event)
	}
	return events
}

func TestEventsHaveTheirNames(t *testing.T) {
	cases := []struct {
		kind               readmodel.Kind
		event, data, named string
	}{
		{workers, "cml_worker.created.v1", `{"name":"w"}`, "worker.created"},
		{workers, "cml_worker.desired_status.updated.v1", `{}`, "worker.desired_status.updated"},
		{workers, "cml_worker.service.status.updated.v1", `{}`, "worker.service.status.updated"},
		{workers, "cml_worker.endpoint.updated.v1", `{}`, "worker.endpoint.updated"},
		{workers, "cml_worker.instance.assigned.v1", `{}`, "worker.ec2_details.updated"},
		{workers, "cml_worker.license.registration.started.v1", `{}`, "worker.license.registration.started"},
		{workers, "cml_worker.license.deregistration.completed.v1", `{}`, "worker.license.deregistration.completed"},
		{workers, "cml_worker.imported.v1", `{}`, "worker.imported"},
		{workers, "cml_worker.status.updated.v1", `{}`, "worker.status.updated"},
		{workers, "cml_worker.data_refresh.requested.v1", `{}`, "worker.refresh.requested"},
		{workers, "cml_worker.data_refresh.skipped.v1", `{}`, "worker.refresh.skipped"},
		{workers, "cml_worker.data_refresh.completed.v1", `{}`, "worker.data.refreshed"},
		{workers, "cml_worker.idle_detection_toggled.v1", `{}`, "worker.idle_detection.toggled"},
		{workers, "cml_worker.activity_updated.v1", `{}`, "worker.activity.updated"},
		{workers, "cml_worker.paused.v1", `{}`, "worker.paused"},
		{workers, "cml_worker.resumed.v1", `{}`, "worker.resumed"},
		{workers, "cml_worker.cml.updated.v1", `{}`, "worker.cml.updated"},
		{workers, "cml_worker.terminated.v1", `{}`, "worker.terminated"},
		{instances, "lablet_instance.created.v1", `{}`, "lablet-instance.created"},
		{instances, "lablet_instance.scheduled.v1", `{}`, "lablet-instance.scheduled"},
		{instances, "lablet_instance.running.v1", `{}`, "lablet-instance.status.updated"},
		{instances, "lablet_instance.terminated.v1", `null`, "lablet-instance.terminated"},
		{readmodel.KindDefinition, "lablet_definition.created.v1", `{}`, "lablet-definition.created"},
		{readmodel.KindDefinition, "lablet_definition.content_synced.v1", `{}`, "lablet-definition.updated"},
		{readmodel.KindDefinition, "lablet_definition.version_created.v1", `{}`, "lablet-definition.created"},
		{readmodel.KindDefinition, "lablet_definition.deprecated.v1", `{}`, "lablet-definition.updated"},
		{readmodel.KindDefinition, "lablet_definition.deleted.v1", `{}`, "lablet-definition.deleted"},
		{readmodel.KindTemplate, "worker_template.created.v1", `{}`, "worker-template.created"},
		{readmodel.KindTemplate, "worker_template.disabled.v1", `{}`, "worker-template.updated"},
		{readmodel.KindTemplate, "worker_template.deleted.v1", `{}`, "worker-template.deleted"},
		{readmodel.KindLabRecord, "lab_record.action_requested.v1", `{}`, "lab_record.action_requested"},
	}
	inBubble(t, func(b *bench) {
		c := b.open(person("ada", api.Admin), api.StreamEvents{})
		var want []string
		for i, one := range cases {
			b.change(one.kind, fmt.Sprint("x", i), map[string]any{"status": "s"}, one.event, one.data)
			want = append(want, one.named)
		}
		synctest.Wait()
		require.Equal(t, want, c.events())
	})
}

// Whoever watches workers hears of their labs under one name, besides the lab's own event.
func TestAWorkersLabsAreToldOfIt(t *testing.T) {
	inBubble(t, func(b *bench) {
		all, watching := b.open(person("ada", api.Admin), api.StreamEvents{}), b.open(person("ada", api.Admin), api.StreamEvents{EventTypes: "worker.labs.updated", WorkerIDs: "w1"})
		stranger := b.open(person("ann", api.User), api.StreamEvents{})
		model := map[string]any{"worker_id": "w1", "status": "defined"}
		b.change(readmodel.KindLabRecord, "l1", model, "lab_record.created.v1", `{"lab_id":"7"}`)
		b.change(readmodel.KindLabRecord, "l1", model, "lab_record.state_changed.v1", `{"lab_id":"7","new_state":"STARTED"}`, "lab_record.started.v1", `{"lab_id":"7"}`)
		model["worker_id"] = "w2"
		b.change(readmodel.KindLabRecord, "l2", model, "lab_record.updated.v1", `{"lab_id":"8"}`)
		synctest.Wait()
		require.Equal(t, []string{
			"lab_record.created", "worker.labs.updated", "lab_record.state_changed", "worker.labs.updated", "lab_record.started", "lab_record.updated", "worker.labs.updated",
		}, all.events())
		require.Empty(t, stranger.events(), "who may not read labs hears nothing of them")
		told := watching.frames()[2:]
		require.Len(t, told, 2)
		for n, action := range []string{"created", "state_changed"} {
			require.Equal(t, []any{"w1", "7", action}, []any{field(t, told[n], "worker_id"), field(t, told[n], "lab_id"), field(t, told[n], "action")})
		}
		require.Equal(t, "STARTED", field(t, told[1], "new_state"))
	})
}

func TestAMoveOfAnInstanceTellsFromWhereToWhere(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.open(person("ann"), api.StreamEvents{EventTypes: "lablet-instance.status.updated"})
		model := map[string]any{"owner_id": "ann", "worker_id": "w1", "status": "ready"}
		b.change(instances, "i1", model, "lablet_instance.created.v1", `{}`)
		model["status"] = "running"
		b.change(instances, "i1", model, "lablet_instance.instantiating.v1", `{}`, "lablet_instance.ready.v1", `{}`)
		synctest.Wait()
		moves := c.frames()[2:]
		require.Len(t, moves, 2)
		require.Equal(t, []any{"ready", "instantiating", "w1"}, []any{field(t, moves[0], "old_status"), field(t, moves[0], "new_status"), field(t, moves[0], "worker_id")})
		require.Equal(t, []any{"instantiating", "ready"}, []any{field(t, moves[1], "old_status"), field(t, moves[1], "new_status")})
		require.Equal(t, []string{"", c.last()}, []string{moves[0].ID, moves[1].ID}, "the id comes when all of its revision has")
	})
}

func TestEachReaderSeesWhatHeMay(t *testing.T) {
	readers := []struct {
		reason string
		who    call.Call
		want   []string
	}{
		{"the owner", person("ann", api.User), []string{"worker.created", "lablet-instance.created"}},
		{"another person", person("bob", api.User), []string{"worker.created"}},
		{"nobody in particular", person(""), []string{"worker.created"}},
		{"an author of labs", person("liz", api.LabAuthor), []string{"worker.created", "lab_record.created", "worker.labs.updated"}},
		{"a manager", person("may", api.Manager), []string{"worker.created", "lablet-instance.created", "lablet-instance.created", "lab_record.created", "worker.labs.updated", "system_settings.created"}},
	}
	inBubble(t, func(b *bench) {
		var open []*client
		for _, r := range readers {
			open = append(open, b.open(r.who, api.StreamEvents{}))
		}
		b.change(workers, "w1", map[string]any{"status": "s"}, "cml_worker.created.v1", `{}`)
		b.change(instances, "i1", map[string]any{"owner_id": "ann"}, "lablet_instance.created.v1", `{}`)
		b.change(instances, "i2", map[string]any{"owner_id": "eve"}, "lablet_instance.created.v1", `{}`)
		b.change(readmodel.KindLabRecord, "l1", map[string]any{}, "lab_record.created.v1", `{}`)
		b.change(readmodel.KindSettings, "default", map[string]any{}, "system_settings.created.v1", `{}`)
		synctest.Wait()
		for i, r := range readers {
			require.Equal(t, r.want, open[i].events(), r.reason)
		}
	})
}

func TestSnapshotsAreFilteredToo(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.shelf.shown = []stream.Snapshot{
			{Kind: workers, ID: "w1", Worker: "w1", Data: 1}, {Kind: workers, ID: "w2", Worker: "w2", Data: 1},
			{Kind: instances, ID: "i1", Owner: "ann", Worker: "w1", Data: 1}, {Kind: instances, ID: "i2", Owner: "eve", Worker: "w1", Data: 1},
		}
		require.Equal(t, []string{"worker.snapshot", "lablet.instance.snapshot"}, b.open(person("ann"), api.StreamEvents{WorkerIDs: "w1, w9"}).events())
		require.Equal(t, []string{"lablet.instance.snapshot"}, b.open(person("ann"), api.StreamEvents{EventTypes: "lablet.instance.snapshot"}).events())
		require.Len(t, b.open(person("ada", api.Admin), api.StreamEvents{}).events(), 4)
	})
}

func TestAReaderGoesOnWhereHeBrokeOff(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.open(person("ann"), api.StreamEvents{})
		b.change(workers, "w1", map[string]any{}, "cml_worker.created.v1", `{}`)
		synctest.Wait()
		c.close()
		for i := range 5 {
			b.change(workers, "w1", map[string]any{}, "cml_worker.status.updated.v1", fmt.Sprintf(`{"n":%d}`, i))
		}
		reads := b.shelf.reads
		again := b.open(person("ann"), api.StreamEvents{LastEventID: c.last()})
		require.Equal(t, true, field(t, again.frames()[0], "resumed"))
		require.Len(t, again.events(), 5, "what was missed, and nothing twice")
		require.Equal(t, reads, b.shelf.reads, "no snapshots")
		for _, id := range []string{"", "x", "1.", "ffff.3", "1.999999", "1.-1", strings.Repeat("9", 60)} {
			fresh := b.open(person("ann"), api.StreamEvents{LastEventID: id})
			require.Equal(t, false, field(t, fresh.frames()[0], "resumed"), id)
		}
	})
}

func TestWhoWasAwayTooLongBeginsAnew(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.open(person("ann"), api.StreamEvents{})
		id := c.last()
		for range 11 {
			b.change(workers, "w1", map[string]any{}, "cml_worker.status.updated.v1", `{}`)
		}
		require.Equal(t, false, field(t, b.open(person("ann"), api.StreamEvents{LastEventID: id}).frames()[0], "resumed"))
	}, func(c *stream.Config) { c.Remember = 10 })
}

func TestWhoReadsTooSlowlyIsDropped(t *testing.T) {
	inBubble(t, func(b *bench) {
		gate := make(chan struct{})
		slow := b.opened(person("ann"), api.StreamEvents{}, gate)
		quick := b.open(person("bob"), api.StreamEvents{})
		for range 25 {
			b.change(workers, "w1", map[string]any{}, "cml_worker.status.updated.v1", `{}`)
			synctest.Wait()
		}
		close(gate)
		<-slow.done
		all := slow.frames()
		require.Equal(t, "error", all[len(all)-1].Event)
		require.Equal(t, "too_slow", field(t, all[len(all)-1], "code"))
		require.EqualValues(t, 1, b.hub.Dropped.Load())
		require.Len(t, quick.events(), 25, "nobody waits for the slow one")
	}, func(c *stream.Config) { c.Remember = 10 })
}

func TestAStreamEndsWithTheToken(t *testing.T) {
	inBubble(t, func(b *bench) {
		who := person("ann")
		who.Expires = time.Now().Add(45 * time.Second)
		c := b.open(who, api.StreamEvents{})
		<-time.After(44 * time.Second)
		require.Empty(t, c.events())
		<-c.done
		require.Equal(t, []string{"auth.session.expired"}, c.events())
	})
}

func TestAStreamEndsWithTheReplica(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.open(person("ann"), api.StreamEvents{})
		b.hub.Shutdown()
		<-c.done
		require.Equal(t, []string{"system.sse.shutdown"}, c.events())
		_, err := b.hub.Open(call.With(t.Context(), person("ann")), api.StreamEvents{})
		require.Equal(t, failure.Unavailable, failure.KindOf(err))
	})
}

func TestASnapshotThatCannotBeReadEndsTheStream(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.shelf.failing = true
		c := b.open(person("ann"), api.StreamEvents{})
		<-c.done
		require.Equal(t, []string{"error"}, c.events())
	})
}

func TestThereIsABoundOnStreams(t *testing.T) {
	inBubble(t, func(b *bench) {
		one := b.open(person("ann"), api.StreamEvents{})
		b.open(person("ann"), api.StreamEvents{})
		_, err := b.hub.Open(call.With(t.Context(), person("ann")), api.StreamEvents{})
		require.Equal(t, failure.Throttled, failure.KindOf(err))
		b.open(person("bob"), api.StreamEvents{})
		_, err = b.hub.Open(call.With(t.Context(), person("eve")), api.StreamEvents{})
		require.Equal(t, failure.Unavailable, failure.KindOf(err))
		one.close()
		b.open(person("eve"), api.StreamEvents{})
	}, func(c *stream.Config) { c.Most, c.MostOfOne = 3, 2 })
}

func TestAThousandReadersAtOnce(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.shelf.shown = []stream.Snapshot{{Kind: workers, ID: "w1", Worker: "w1", Data: 1}}
		var open []*client
		for i := range 1000 {
			open = append(open, b.opened(person(fmt.Sprint("person-", i)), api.StreamEvents{}, nil))
		}
		synctest.Wait()
		require.EqualValues(t, 1000, b.hub.Clients.Load())
		for i := range 50 {
			b.change(workers, fmt.Sprint("w", i%7), map[string]any{}, "cml_worker.status.updated.v1", `{}`)
		}
		synctest.Wait()
		for _, c := range open {
			require.Len(t, c.events(), 51)
		}
		for _, c := range open[:500] {
			c.close()
		}
		require.EqualValues(t, 500, b.hub.Clients.Load())
		b.hub.Shutdown()
		for _, c := range open {
			<-c.done
		}
		require.Zero(t, b.hub.Clients.Load(), "the bubble would notice any goroutine that is left")
	})
}

func TestNothingIsLostWhenEtcdGoesAway(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.change(workers, "w1", map[string]any{}, "cml_worker.created.v1", `{}`)
		synctest.Wait()
		c := b.open(person("ann"), api.StreamEvents{})
		b.kv.CutWatches()
		for range 3 {
			b.change(workers, "w1", map[string]any{}, "cml_worker.status.updated.v1", `{}`)
		}
		b.kv.Compact()
		<-time.After(10 * time.Second)
		synctest.Wait()
		require.Len(t, c.events(), 3, "the envelope reaches back to what was seen")

		b.kv.CutWatches()
		b.shelf.shown = []stream.Snapshot{{Kind: workers, ID: "w1", Version: 24, Worker: "w1", Data: 1}}
		for range 20 {
			b.change(workers, "w1", map[string]any{}, "cml_worker.status.updated.v1", `{}`)
		}
		b.kv.Compact()
		<-time.After(10 * time.Second)
		synctest.Wait()
		require.Equal(t, "worker.snapshot", c.events()[3], "20 changes are more than an envelope has")
	})
}

func TestBeforeEtcdWasReadThereIsNoStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := stream.New(stream.Config{})
		_, err := hub.Open(context.Background(), api.StreamEvents{})
		require.Equal(t, "stream_unavailable", failure.CodeOf(err))
	})
}

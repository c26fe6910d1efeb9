package lds_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
)

func (b *bench) whole() string {
	id := b.create()
	b.launch(id)
	for _, verb := range []string{"begin", "pause", "resume", "finish"} {
		b.Must(200, "POST", "/_sim/sessions/"+id+"/"+verb, nil)
	}
	b.Must(204, "POST", base+"/lab_session/"+id+"/release", map[string]any{})
	return id
}

func TestLabletEventsArePushedInOrder(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.whole()
	require.Equal(t, 4, b.sim.Push(t.Context()))
	const family = "io.lablet.lds.session."
	require.Equal(t, []string{family + "running.v1", family + "paused.v1", family + "running.v1", family + "ended.v1"}, b.events(id))
	last := b.sink.Deliveries(id, family+"ended.v1")[0].Event
	require.Equal(t, "https://labs.lcm.io", last.Source())
	var data map[string]string
	require.NoError(t, last.DataAs(&data))
	require.Equal(t, map[string]string{
		"aggregateId": id, "sessionId": id, "reason": "candidate finished", "endedBy": "user",
	}, data)
	require.Zero(t, b.sim.Push(t.Context()), "nothing is sent twice")
}

func TestPlatformEventsWithTheirPrefix(t *testing.T) {
	b := open(t, "", lds.Config{})
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"lablet_prefix": "", "platform_prefix": "com.cisco.certs.lds"})
	id := b.whole()
	b.sim.Push(t.Context())
	got := b.events(id)
	require.Equal(t, []string{
		"com.cisco.certs.lds.session.created.v1", "com.cisco.certs.lds.sessionpart.added.v1",
		"com.cisco.certs.lds.session.prelaunched.v1",
	}, got[:3])
	require.Equal(t, []string{
		"com.cisco.certs.lds.sessionpart.finalized.v1", "com.cisco.certs.lds.session.finalized.v1",
	}, got[len(got)-2:])
}

func TestASessionReleasedWithoutWorkEnds(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.create()
	b.Must(204, "POST", base+"/lab_session/"+id+"/release", map[string]any{})
	b.sim.Push(t.Context())
	require.Equal(t, []string{"io.lablet.lds.session.ended.v1"}, b.events(id))
}

func TestEventsSurviveARestartAndASinkThatIsDown(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, lds.Config{})
	client := b.Client
	client.Handler = b.sink.Handler()
	client.Must(201, "POST", "/_sim/faults", map[string]any{"status": 503})
	id := b.whole()
	require.Zero(t, b.sim.Push(t.Context()))
	client.Must(204, "DELETE", "/_sim/faults", nil)

	again := open(t, dir, lds.Config{})
	require.Equal(t, "SESSION_FINALIZED", again.state(id))
	require.Equal(t, 4, again.sim.Push(t.Context()))
	require.Zero(t, open(t, dir, lds.Config{}).sim.Push(t.Context()), "accepted is kept")
}

func TestReplayRepeatsWithTheSameIDsOrAsNewEvents(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.whole()
	b.sim.Push(t.Context())
	b.Must(204, "POST", "/_sim/sessions/"+id+"/replay", nil)
	require.Equal(t, 4, b.sim.Push(t.Context()))
	require.Equal(t, 4, b.sink.Duplicates())
	b.Must(204, "POST", "/_sim/sessions/"+id+"/replay?fresh=true", nil)
	require.Equal(t, 4, b.sim.Push(t.Context()))
	require.Equal(t, 4, b.sink.Duplicates())
}

func TestRunPushesWhatTheCandidateDoesByHimself(t *testing.T) {
	b := open(t, "", lds.Config{})
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"candidate_auto": true, "login_after_ms": 0, "work_for_ms": 1})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.sim.Run(ctx) }()
	id := b.create()
	b.launch(id)
	require.Eventually(t, func() bool { return len(b.events(id)) == 2 }, 5*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-done)
}

func TestSinkChangedAtRunTimeIsKept(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, lds.Config{})
	b.Must(204, "PUT", "/_sim/sink", map[string]any{"url": "http://sink.test/x", "token": "events", "structured": true})
	id := b.whole()
	require.Equal(t, 4, b.sim.Push(t.Context()))
	got := b.sink.Deliveries(id, "")[0]
	require.Equal(t, "structured", got.Mode)
	require.Equal(t, "/x", got.Path)
}

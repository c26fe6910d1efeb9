package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// running is an instance whose candidate is at work.
func (b *bench) running() *instance.Instance {
	b.t.Helper()
	i := b.ready()
	b.send(event{ID: "begin-" + i.ID, Type: "io.lablet.lds.session.running.v1", Subject: "lds-" + i.ID, Data: map[string]any{"sessionId": "lds-" + i.ID}})
	b.work()
	require.Equal(b.t, lifecycle.InstanceRunning, b.instance(i.ID).Status)
	return b.instance(i.ID)
}

func TestWhatLDSTells(t *testing.T) {
	const none = lifecycle.InstanceStatus("")
	cases := []struct {
		reason, kind string
		data         func(session, own string) map[string]any
		fromReady    lifecycle.InstanceStatus
		fromRunning  lifecycle.InstanceStatus
	}{
		{"the newest family", "io.lablet.lds.session.running.v1", func(s, _ string) map[string]any { return map[string]any{"aggregateId": s, "sessionId": s} }, "running", none},
		{"in snake case", "io.lablet.lds.session.running.v1", func(s, _ string) map[string]any { return map[string]any{"aggregate_id": s} }, "running", none},
		{"with the prefix of another place", "example.lds.session.running.v2", func(s, _ string) map[string]any { return map[string]any{"sessionId": s} }, "running", none},
		{"the platform's", "com.cisco.certs.lds.session.running.v1", func(s, _ string) map[string]any { return map[string]any{"ldssession_id": s, "state": "RUNNING"} }, "running", none},
		{"the older one", "com.cisco.lds.session.started", func(_, own string) map[string]any {
			return map[string]any{"session_id": "x", "lablet_instance_id": own, "user_id": "u"}
		}, "running", none},
		{"the oldest, with both ids", "lds.session.started", func(s, own string) map[string]any { return map[string]any{"lds_session_id": s, "session_id": own} }, "running", none},
		{"by the subject alone", "io.lablet.lds.session.running.v1", func(_, _ string) map[string]any { return nil }, "running", none},
		{"ended", "io.lablet.lds.session.ended.v1", func(s, _ string) map[string]any { return map[string]any{"sessionId": s, "endedBy": "user"} }, "ready", "collecting"},
		{"finished by the user", "com.cisco.certs.lds.session.userfinished.v1", func(s, _ string) map[string]any { return map[string]any{"ldssession_id": s} }, "ready", "collecting"},
		{"ended, the older name", "lds.session.ended", func(s, _ string) map[string]any { return map[string]any{"lds_session_id": s} }, "ready", "collecting"},
		{"paused", "io.lablet.lds.session.paused.v1", func(s, _ string) map[string]any { return map[string]any{"sessionId": s} }, "ready", "running"},
		{"a part is no session", "com.cisco.certs.lds.sessionpart.userfinished.v1", func(s, _ string) map[string]any { return map[string]any{"ldssession_id": s} }, "ready", "running"},
	}
	b := newBench(t)
	check := func(reason, kind string, data map[string]any, i *instance.Instance, want lifecycle.InstanceStatus) {
		b.send(event{ID: kind + i.ID, Type: kind, Subject: "lds-" + i.ID, Data: data})
		b.work()
		require.Equal(t, want, b.instance(i.ID).Status, "%s: %s", reason, kind)
	}
	for _, c := range cases {
		i := b.ready()
		check(c.reason, c.kind, c.data("lds-"+i.ID, i.ID), i, c.fromReady)
		if c.fromRunning != none {
			i = b.running()
			check(c.reason, c.kind, c.data("lds-"+i.ID, i.ID), i, c.fromRunning)
		}
	}
}

func TestNewsOfGradingIsAReasonToLookAndNoScore(t *testing.T) {
	for _, kind := range []string{
		"assessment.grading.completed.v1", "assessment.grading.failed.v1", "assessment.collection.completed.v1", "grading.session.completed", "grading.session.failed",
	} {
		b := newBench(t)
		i := b.running()
		_, err := b.world.Move(i.ID, "collecting", "user_finished")
		require.NoError(t, err)
		_, err = b.world.Move(i.ID, "grading", "collected")
		require.NoError(t, err)
		_, before := b.world.Instance(i.ID)
		b.send(event{ID: "g", Type: kind, Source: "grading-engine", Subject: "engine-session", Data: map[string]any{
			"grading_session_id": i.ID, "session_id": i.ID, "passed": true, "score": map[string]any{"total": 100, "max": 100},
		}})
		b.work()
		now, after := b.world.Instance(i.ID)
		require.Greater(t, after, before, "lablet-controller looks at once")
		require.False(t, now.Graded, "an event forges no score")
		require.Nil(t, now.Score)
		require.Equal(t, lifecycle.InstanceGrading, now.Status)
	}
}

// Fault row 27: what comes again, late, or about nothing changes nothing.
func TestRow27WhatComesAgainOrLateChangesNothing(t *testing.T) {
	b := newBench(t)
	i := b.running()
	session := "lds-" + i.ID
	for n := range 3 {
		b.send(event{ID: fmt.Sprint("again-", n), Type: "io.lablet.lds.session.running.v1", Subject: session, Data: map[string]any{"sessionId": session}})
	}
	_, before := b.world.Instance(i.ID)
	b.work()
	_, after := b.world.Instance(i.ID)
	require.Equal(t, before, after)

	_, err := b.world.Move(i.ID, "stopping", "test")
	require.NoError(t, err)
	_, err = b.world.Move(i.ID, "stopped", "test")
	require.NoError(t, err)
	b.send(event{ID: "late", Type: "io.lablet.lds.session.running.v1", Subject: session, Data: map[string]any{"sessionId": session}})
	b.send(event{ID: "later", Type: "io.lablet.lds.session.ended.v1", Subject: session, Data: map[string]any{"sessionId": session}})
	b.work()
	require.Equal(t, lifecycle.InstanceStopped, b.instance(i.ID).Status, "an event does not resume a session")

	b.send(event{ID: "other", Type: "lds.session.started", Data: map[string]any{"lds_session_id": "of-an-older-attempt", "session_id": i.ID}})
	b.work()
	require.Equal(t, kept{State: "waiting", Reason: "instance_not_found", Tries: 1}, b.kept()[6])
	b.world.Clock.Move(3 * time.Minute)
	b.work()
	require.Equal(t, "ignored", b.kept()[6].State, "nobody ever heard of it")
}

func TestUnknownTypesAreKeptAndIgnored(t *testing.T) {
	b := newBench(t)
	for _, kind := range []string{"t", "io.lablet.lds.session.created.v1", "xlds.session.running", "assessment.unknown.v1", "com.cisco.certs.lds.sessionpart.devicesadded.v1"} {
		b.send(event{ID: kind, Type: kind})
	}
	b.work()
	for _, one := range b.kept() {
		require.Equal(t, kept{State: "ignored", Reason: "unknown_type", Tries: 1}, one)
	}
}

func TestAnEventThatComesBeforeItsSessionIsKnownWaits(t *testing.T) {
	b := newBench(t)
	b.send(event{ID: "early", Type: "io.lablet.lds.session.running.v1", Subject: "lds-1", Data: map[string]any{"sessionId": "lds-1"}})
	b.send(event{ID: "next", Type: "io.lablet.lds.session.ended.v1", Subject: "lds-1", Data: map[string]any{"sessionId": "lds-1"}})
	b.send(event{ID: "other", Type: "t", Subject: "lds-2"})
	b.work()
	states := b.kept()
	require.Equal(t, []string{"waiting", "waiting", "ignored"}, []string{states[0].State, states[1].State, states[2].State})
	require.Zero(t, states[1].Tries, "what follows of the same session waits behind it, others do not")
}

func TestWorkGoesOnWhereItBrokeOff(t *testing.T) {
	b := newBench(t)
	i := b.ready()
	session := "lds-" + i.ID
	b.send(event{ID: "1", Type: "io.lablet.lds.session.running.v1", Subject: session, Data: map[string]any{"sessionId": session}})
	b.world.Clock.Move(time.Second)
	b.send(event{ID: "2", Type: "io.lablet.lds.session.ended.v1", Subject: session, Data: map[string]any{"sessionId": session}})
	b.world.Store.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	b.work()
	b.world.Store.SetHook(nil)
	require.Equal(t, "waiting", b.kept()[0].State)
	b.restart()
	b.work()
	require.Equal(t, lifecycle.InstanceReady, b.instance(i.ID).Status, "the pause is kept over a restart")
	b.world.Clock.Move(2 * time.Second)
	b.work()
	require.Equal(t, lifecycle.InstanceCollecting, b.instance(i.ID).Status, "both, in order")
	d, err := b.world.Store.Get(t.Context(), "lablet_instances", i.ID)
	require.NoError(t, err)
	change, err := journal.Decode(d.Changes[len(d.Changes)-1])
	require.NoError(t, err)
	require.Equal(t, "event io.lablet.lds.session.ended.v1 2", change.Reason, "the audit log says why")
}

func TestOldEventsAreForgotten(t *testing.T) {
	b := newBench(t)
	b.send(event{ID: "1", Type: "t"})
	b.send(event{ID: "2", Type: "io.lablet.lds.session.running.v1", Subject: "nobody"})
	b.work()
	b.world.Clock.Move(95 * time.Hour)
	require.NoError(t, b.inbox.Sweep(t.Context()))
	require.Len(t, b.kept(), 2)
	b.world.Clock.Move(2 * time.Hour)
	require.NoError(t, b.inbox.Sweep(t.Context()))
	require.Len(t, b.kept(), 1, "what is not done with stays")
	require.NotEmpty(t, b.kept())
}

package grading_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
)

func TestGradingTakesItsTime(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"queue_ms": 10_000, "collect_ms": 20_000, "grade_ms": 30_000})
	require.Empty(t, b.Do("POST", part("s-1")+"/grade", "", "").Body, "202 has no body")
	require.Equal(t, "PENDING", b.status("s-1"))
	b.Must(202, "POST", part("s-1")+"/grade", nil)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{11 * time.Second, "COLLECTING"}, {20 * time.Second, "GRADING"}, {30 * time.Second, "GRADED"}} {
		b.kit.Clock.Advance(c.after)
		require.Equal(t, c.want, b.status("s-1"))
	}
	report := b.part("s-1")["scoreReport"].(map[string]any)
	require.Equal(t, float64(20), report["maxScore"], "ten for each device")
	require.Equal(t, float64(16), report["score"])
	require.Len(t, report["sections"], 2)
	require.Equal(t, float64(1), report["generation"])
	require.NotNil(t, b.part("s-1")["firstGraded"])
}

func TestTheClockRateSpeedsGradingUp(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.kit.Clock.SetRate(1000)
	b.ready("s-1")
	b.Must(202, "POST", part("s-1")+"/grade", nil)
	b.kit.Clock.Advance(12 * time.Millisecond)
	require.Equal(t, "GRADED", b.status("s-1"))
}

func TestRecollectStartsAGenerationAndRegradeARevision(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	b.graded("s-1", "")
	report := b.graded("s-1", "")["scoreReport"].(map[string]any)
	require.Equal(t, []any{float64(1), float64(1)}, []any{report["generation"], report["revision"]})
	report = b.graded("s-1", "?recollect=true")["scoreReport"].(map[string]any)
	require.Equal(t, []any{float64(2), float64(0)}, []any{report["generation"], report["revision"]})
	require.Equal(t, 400, b.JSON("POST", part("s-1")+"/grade?recollect=maybe", nil).Status)
	b.sim.Push(t.Context())
	require.Equal(t, []string{
		"assessment.collection.completed.v1", "assessment.grading.completed.v1",
		"assessment.grading.completed.v1",
		"assessment.collection.completed.v1", "assessment.grading.completed.v1",
	}, b.events(), "only a collection that took place is told of")
}

func TestGradeItem(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	b.Must(202, "POST", part("s-1")+"/sections/1/items/1/grade", nil)
	require.Equal(t, 404, b.JSON("POST", part("s-1")+"/sections/9/items/1/grade", nil).Status)
	require.Equal(t, 400, b.JSON("POST", part("s-1")+"/sections/x/items/1/grade", nil).Status)
}

func TestSubmit(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	require.Equal(t, 422, b.JSON("POST", part("s-1")+"/submit", nil).Status, "not graded yet")
	b.graded("s-1", "")
	require.Equal(t, "SUBMITTED", b.Must(200, "POST", part("s-1")+"/submit", nil)["status"])
	b.Must(200, "POST", part("s-1")+"/submit", nil)
	require.Equal(t, "SUBMITTED", b.status("s-1"))
	require.Equal(t, 422, b.JSON("POST", part("s-1")+"/grade", nil).Status)
	require.Equal(t, 200, b.JSON("GET", base+"/s-1/score/view", nil).Status)
}

func TestFailuresAreInjectedWithAReason(t *testing.T) {
	for _, c := range []struct{ phase, event string }{
		{"COLLECTING", "assessment.collection.failed.v1"}, {"GRADING", "assessment.grading.failed.v1"},
	} {
		b := open(t, "", grading.Config{})
		b.ready("s-1")
		b.Must(201, "POST", "/_sim/outcomes", map[string]any{
			"session": "s-*", "fail_in": c.phase, "reason": "device unreachable", "code": "E1", "retry_possible": true, "times": 1,
		})
		got := b.graded("s-1", "")
		require.Equal(t, "FAULTED", got["status"])
		require.Equal(t, "device unreachable", got["statusReason"])
		require.Nil(t, got["scoreReport"])
		b.sim.Push(t.Context())
		failed := b.sink.Deliveries("inst-1", c.event)
		require.Len(t, failed, 1)
		require.Contains(t, string(failed[0].Event.Data()), `"error_message":"device unreachable"`)

		got = b.graded("s-1", "")
		require.Equal(t, "GRADED", got["status"], "the failure was for one run")
		require.Nil(t, got["statusReason"])
	}
}

func TestScoreOverride(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	b.Must(201, "POST", "/_sim/outcomes", map[string]any{"score": 3})
	report := b.graded("s-1", "")["scoreReport"].(map[string]any)
	require.Equal(t, float64(3), report["score"])
	b.sim.Push(t.Context())
	done := b.sink.Deliveries("", "assessment.grading.completed.v1")
	require.Contains(t, string(done[0].Event.Data()), `"passed":false`)
}

func TestStuckUntilReleased(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.ready("s-1")
	b.Must(201, "POST", "/_sim/outcomes", map[string]any{"stuck_in": "COLLECTING"})
	require.Equal(t, "COLLECTING", b.graded("s-1", "")["status"])
	b.kit.Clock.Advance(24 * time.Hour)
	require.Equal(t, "COLLECTING", b.status("s-1"))
	release := "/_sim/sessions/s-1/parts/" + "Exam%20Associate%20TEST%20v1%20LAB%201.0" + "/release"
	b.Must(200, "POST", release, nil)
	b.kit.Clock.Advance(time.Minute)
	require.Equal(t, "GRADED", b.status("s-1"))
	require.Equal(t, 409, b.JSON("POST", release, nil).Status)
}

func TestOutcomesAreChecked(t *testing.T) {
	b := open(t, "", grading.Config{})
	for _, bad := range []map[string]any{
		{"fail_in": "GRADING"}, {"fail_in": "PENDING", "reason": "r"}, {"stuck_in": "GRADED"}, {"times": -1},
	} {
		require.Equal(t, 400, b.JSON("POST", "/_sim/outcomes", bad).Status)
	}
	b.Must(201, "POST", "/_sim/outcomes", map[string]any{"score": 3})
	b.Must(204, "DELETE", "/_sim/outcomes", nil)
	require.Empty(t, b.Must(200, "GET", "/_sim/outcomes", nil)["outcomes"])
}

func TestStateSurvivesARestartInMidRun(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, grading.Config{})
	b.ready("s-1")
	b.Must(202, "POST", part("s-1")+"/grade", nil)
	b.kit.Clock.Advance(time.Second)
	require.Equal(t, "COLLECTING", b.status("s-1"))
	again := open(t, dir, grading.Config{})
	require.Equal(t, "COLLECTING", again.status("s-1"))
	again.kit.Clock.Advance(time.Minute)
	require.Equal(t, 2, again.sim.Push(t.Context()))
	require.Zero(t, open(t, dir, grading.Config{}).sim.Push(t.Context()), "accepted is kept")
}

func TestSessionEventsAndReplay(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"assessment_events": false, "session_events": true})
	b.ready("s-1")
	b.graded("s-1", "")
	require.Equal(t, 1, b.sim.Push(t.Context()))
	done := b.sink.Deliveries("inst-1", "grading.session.completed")[0].Event
	require.Equal(t, "grading-engine", done.Source())
	require.Contains(t, string(done.Data()), `"total":16`)
	b.Must(200, "POST", "/_sim/sessions/s-1/parts/"+"Exam%20Associate%20TEST%20v1%20LAB%201.0"+"/replay", nil)
	require.Equal(t, 1, b.sim.Push(t.Context()))
	require.Equal(t, 1, b.sink.Duplicates())
}

package lds_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
)

func (b *bench) launch(id string) *url.URL {
	b.T.Helper()
	link, err := url.Parse(b.Must(200, "GET", base+"/lab_session/"+id+"/lablet_launch_url", nil)["url"].(string))
	require.NoError(b.T, err)
	return link
}

func TestStateMachineByControl(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.create()
	act := func(status int, verb string) { b.Must(status, "POST", "/_sim/sessions/"+id+"/"+verb, nil) }
	act(409, "pause")
	act(409, "resume")
	b.launch(id)
	require.Equal(t, "SESSION_PRELAUNCH", b.state(id))
	act(200, "begin")
	act(200, "pause")
	require.Equal(t, true, b.session(id)["timer_paused"])
	act(409, "begin")
	b.Must(204, "PUT", base+"/lab_session/"+id+"/resume", nil)
	b.Must(204, "PUT", base+"/lab_session/"+id+"/pause", nil)
	b.Must(204, "PUT", base+"/lab_session/"+id+"/pause", nil)
	act(200, "finish")
	require.Equal(t, "SESSION_USER_FINISHED", b.state(id))
	act(409, "resume")
	act(404, "dance")

	statuses := b.Must(200, "GET", base+"/lab_session/"+id+"/statuses", nil)
	var words []string
	for _, entry := range statuses["session_statuses"].([]any) {
		e := entry.(map[string]any)
		words = append(words, strings.TrimPrefix(e["new_status"].(string), "SESSION_"))
		require.Greater(t, e["timestamp"].(float64), 1.5e9, "epoch seconds")
	}
	require.Equal(t, []string{"PENDING", "PRELAUNCH", "RUNNING", "PAUSED", "RUNNING", "PAUSED", "USER_FINISHED"}, words)
	last := statuses["session_part_statuses"].([]any)
	require.Equal(t, "SESSION_PART_USER_FINISHED", last[len(last)-1].(map[string]any)["new_status"])
	b.Must(200, "GET", base+"/lab_session/"+id+"/logs", nil)
	b.Must(200, "GET", base+"/lab_session/"+id+"/accesslog", nil)
	b.Must(200, "GET", base+"/lab_session/"+id+"/feedback", nil)
}

func TestForceUserFinishedWorksFromAnyOpenState(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.create()
	answer := b.Must(200, "PUT", base+"/lab_session/"+id+"/force_user_finished", nil)
	require.NotEmpty(t, answer["result"])
	require.Equal(t, "SESSION_USER_FINISHED", b.state(id))
	b.Must(200, "PUT", base+"/lab_session/"+id+"/force_user_finished", nil)
}

func TestOpeningTheLaunchURLLogsIn(t *testing.T) {
	b := open(t, "", lds.Config{BaseURL: "http://lds.internal:4000"})
	id := b.create()
	link := b.launch(id)
	require.Equal(t, "lds.internal:4000", link.Host)
	require.NotEmpty(t, link.Query().Get("jwt"))
	browser := simtest.Client{T: t, Handler: b.Handler}
	require.Equal(t, 401, browser.JSON("GET", link.Path+"?jwt=forged", nil).Status)
	require.Equal(t, "SESSION_PRELAUNCH", b.state(id))
	require.Equal(t, 200, browser.JSON("GET", link.RequestURI(), nil).Status)
	require.Equal(t, "SESSION_RUNNING", b.state(id))
	b.Must(204, "POST", base+"/lab_session/"+id+"/release", map[string]any{})
	require.Equal(t, 410, browser.JSON("GET", link.RequestURI(), nil).Status)
}

func TestAutomaticCandidateWorks(t *testing.T) {
	b := open(t, "", lds.Config{})
	b.Must(200, "PUT", "/_sim/timings", map[string]any{
		"candidate_auto": true, "login_after_ms": 10_000, "work_for_ms": 60_000,
	})
	id := b.create()
	b.advance(time.Hour)
	require.Equal(t, "SESSION_PENDING", b.state(id), "nobody has the launch URL yet")
	b.launch(id)
	b.advance(9 * time.Second)
	require.Equal(t, "SESSION_PRELAUNCH", b.state(id))
	b.advance(2 * time.Second)
	require.Equal(t, "SESSION_RUNNING", b.state(id))
	b.Must(204, "PUT", base+"/lab_session/"+id+"/pause", nil)
	b.advance(time.Hour)
	require.Equal(t, "SESSION_PAUSED", b.state(id), "a pause is not work")
	b.Must(204, "PUT", base+"/lab_session/"+id+"/resume", nil)
	b.advance(50 * time.Second)
	require.Equal(t, "SESSION_RUNNING", b.state(id))
	b.advance(11 * time.Second)
	require.Equal(t, "SESSION_USER_FINISHED", b.state(id))
}

func TestAutomaticCandidateWaitsForTheScheduledDateAndNotBefore(t *testing.T) {
	b := open(t, "", lds.Config{})
	notBefore := b.kit.Clock.Now().Add(3 * time.Hour)
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"candidate_auto": true, "login_after_ms": 0, "not_before": notBefore})
	in := booking()
	in["scheduled_date"] = b.kit.Clock.Now().Add(2 * time.Hour).Format(time.RFC3339)
	id := b.Must(201, "POST", base+"/lab_session", in)["session_id"].(string)
	b.launch(id)
	b.advance(150 * time.Minute)
	require.Equal(t, "SESSION_PRELAUNCH", b.state(id), "not before not_before")
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"not_before": nil})
	require.Equal(t, "SESSION_RUNNING", b.state(id), "the scheduled date is past")
}

func TestAutomaticCandidateIsFasterWithTheRateAndOffWhenSwitchedOff(t *testing.T) {
	b := open(t, "", lds.Config{Timings: &lds.Timings{
		CandidateAuto: true, LoginAfterMS: 100_000, WorkForMS: 3_600_000, CreateStatus: 201,
	}})
	b.kit.Clock.SetRate(100)
	id := b.create()
	b.launch(id)
	b.advance(1100 * time.Millisecond)
	require.Equal(t, "SESSION_RUNNING", b.state(id), "100 s at rate 100 are one")
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"candidate_auto": false})
	b.advance(time.Hour)
	require.Equal(t, "SESSION_RUNNING", b.state(id))
}

func TestPracticeLabEndsByItself(t *testing.T) {
	b := open(t, "", lds.Config{})
	in := booking()
	in["max_length_minutes"] = 30
	id := b.Must(201, "POST", base+"/lab_session", in)["session_id"].(string)
	require.Contains(t, b.session(id), "practice_lab")
	require.NotContains(t, b.session(id), "max_length_minutes", "write-only")
	b.Must(200, "POST", "/_sim/sessions/"+id+"/begin", nil)
	b.Must(204, "PUT", base+"/lab_session/"+id+"/part/1/extend", map[string]any{"time_extension": 10})
	b.advance(39 * time.Minute)
	require.Equal(t, "SESSION_RUNNING", b.state(id))
	b.advance(2 * time.Minute)
	require.Equal(t, "SESSION_USER_FINISHED", b.state(id))
}

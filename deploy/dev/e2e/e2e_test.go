package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

func TestALabIsBookedRunGradedAndGone(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	require.NoError(t, demo.Run(s.ctx(), s.at, demo.Options{Minutes: 3, Out: t.Output()}))

	var got struct {
		Events []struct {
			Event struct {
				Type string `json:"type"`
			} `json:"event"`
		} `json:"events"`
	}
	types := map[string]bool{}
	require.NoError(t, demo.Until(s.ctx(), func() (bool, error) {
		if err := s.outside.Call(s.ctx(), http.MethodGet, s.at.Sink+"/_sim/events", nil, &got); err != nil {
			return false, err
		}
		for _, e := range got.Events {
			types[e.Event.Type] = true
		}
		return types["io.system.lablet-cloud-manager.lablet_instance.terminated.v1"], nil
	}), "events told: %v", types)
	require.True(t, types["io.system.lablet-cloud-manager.lablet_instance.ready.v1"])
}

func TestAWorkerThatDiesIsReplaced(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *plane.Options) { o.Rate = 40 })
	i := s.reach(s.book(s.publish().ID, 3).ID, "instantiating")
	machines, err := s.outside.Machines(s.ctx())
	require.NoError(t, err)
	require.Len(t, machines, 1)
	require.NoError(t, s.outside.Call(s.ctx(), http.MethodPost, s.at.EC2+"/_sim/instances/"+machines[0].ID+"/terminate", nil, nil))

	done := s.ended(i.ID)
	require.Equal(t, 2, done.Attempt, "it was placed again")
	require.NotNil(t, done.GradingScore)
	require.NotEqual(t, i.WorkerID, done.WorkerID)
}

func TestLDSRefusesOnce(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	definition := s.publish()
	s.fault(s.at.LDS, map[string]any{"method": "POST", "path": "*/lab_session", "times": 1, "status": 503})
	done := s.ended(s.book(definition.ID, 3).ID)
	require.NotNil(t, done.GradingScore)
	sessions, err := s.outside.Sessions(s.ctx())
	require.NoError(t, err)
	require.Len(t, sessions, 1, "one session, although it was asked for twice")
}

func TestAnUnclearLDSAnswerMakesNoSecondSession(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	definition := s.publish()
	s.fault(s.at.LDS, map[string]any{"method": "POST", "path": "*/lab_session", "times": 1, "drop": "after"})
	done := s.ended(s.book(definition.ID, 3).ID)
	require.NotNil(t, done.GradingScore)
	sessions, err := s.outside.Sessions(s.ctx())
	require.NoError(t, err)
	require.Len(t, sessions, 1)
}

func TestGradingFails(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	require.NoError(t, s.outside.Call(s.ctx(), http.MethodPost, s.at.Grading+"/_sim/outcomes", map[string]any{"fail_in": "GRADING", "reason": "the rules are broken"}, nil))
	done := s.ended(s.book(s.publish().ID, 3).ID)
	require.True(t, visited(done, "grading"))
	require.Nil(t, done.GradingScore)
	require.Equal(t, "completed", lastReason(done))
	require.Contains(t, reasons(done), "grading_failed")
}

func TestTheCandidateNeverShowsUp(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *plane.Options) { o.Candidate.Auto, o.LeadSeconds = false, 8 })
	done := s.ended(s.book(s.publish().ID, 0.1).ID)
	require.True(t, visited(done, "ready"))
	require.False(t, visited(done, "running"))
	require.Equal(t, "no_show", reasonOf(done, "stopping"))
}

func TestTerminateInEachState(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *plane.Options) { o.Candidate.Auto = false })
	definition := s.publish()
	s.reach(s.book(definition.ID, 10).ID, "ready")
	for _, tc := range []struct {
		status  string
		prepare func(*system) api.Instance
	}{
		{"pending", func(s *system) api.Instance { return s.book(s.huge().ID, 10) }},
		{"scheduled", func(s *system) api.Instance { return s.bookLater(definition.ID, time.Hour) }},
		{"instantiating", func(s *system) api.Instance { return s.book(definition.ID, 10) }},
		{"ready", func(s *system) api.Instance { return s.book(definition.ID, 10) }},
		{"running", func(s *system) api.Instance {
			i := s.reach(s.book(definition.ID, 10).ID, "ready")
			s.candidate(i, "begin")
			return i
		}},
		{"grading", func(s *system) api.Instance {
			require.NoError(s.t, s.outside.Call(s.ctx(), http.MethodPost, s.at.Grading+"/_sim/outcomes", map[string]any{"stuck_in": "GRADING"}, nil))
			i := s.reach(s.book(definition.ID, 10).ID, "ready")
			s.candidate(i, "begin")
			s.reach(i.ID, "running")
			s.candidate(i, "finish")
			return i
		}},
	} {
		t.Run(tc.status, func(t *testing.T) {
			s := s.in(t)
			i := s.reach(tc.prepare(s).ID, tc.status)
			_, err := s.people.User.TerminateInstance(s.ctx(), api.TerminateInstance{ID: i.ID, Body: &api.TerminateInstanceBody{Reason: "changed my mind"}})
			require.NoError(t, err)
			done := s.ended(i.ID)
			require.Equal(t, "changed my mind", lastReason(done))
		})
	}
}

func TestEveryServiceIsKilledOnTheWay(t *testing.T) {
	t.Parallel()
	for _, service := range plane.Services() {
		t.Run(service, func(t *testing.T) {
			s := start(t, func(o *plane.Options) { o.Split = true })
			killer := demo.NewKiller(s.plane, service, 3, t.Output())
			go killer.Run(t.Context())
			require.NoError(t, demo.Run(s.ctx(), s.at, demo.Options{Minutes: 3, Out: t.Output(), OnStatus: killer.OnStatus}))
			require.NoError(t, killer.Check())
			require.Greater(t, s.plane.Starts(service), 1)
			sessions, err := s.outside.Sessions(s.ctx())
			require.NoError(t, err)
			require.Len(t, sessions, 1, "nothing was made twice")
			machines, err := s.outside.Machines(s.ctx())
			require.NoError(t, err)
			require.Len(t, machines, 1, "nothing was made twice")
		})
	}
}

func TestARestartLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, func(o *plane.Options) { o.Dir, o.Candidate.Auto = dir, false })
	i := first.reach(first.book(first.publish().ID, 10).ID, "ready")
	first.stop()

	second := start(t, func(o *plane.Options) { o.Dir = dir })
	again := second.get(i.ID)
	require.Equal(t, "ready", string(again.Status))
	require.Equal(t, i.LDSSessionID, again.LDSSessionID)
	_, err := second.people.User.TerminateInstance(second.ctx(), api.TerminateInstance{ID: i.ID})
	require.NoError(t, err)
	second.ended(i.ID)
}

func reasons(i api.Instance) []string {
	var all []string
	for _, c := range i.Conditions {
		all = append(all, c.Reason)
	}
	return all
}

// candidate acts in an instance's session: begin or finish.
func (s *system) candidate(i api.Instance, verb string) {
	s.t.Helper()
	require.NoError(s.t, s.outside.Call(s.ctx(), http.MethodPost, s.at.LDS+"/_sim/sessions/"+i.LDSSessionID+"/"+verb, nil, nil))
}

// huge is a definition that no template can hold.
func (s *system) huge() api.Definition {
	s.t.Helper()
	cpu := 192
	d, err := s.people.Author.CreateDefinition(s.ctx(), api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: "huge " + time.Now().Format(time.RFC3339Nano), Version: "1.0.0", TopologyYAML: demo.Sample(), CPUCores: &cpu,
	}})
	require.NoError(s.t, err)
	return d
}

func (s *system) bookLater(definition string, ahead time.Duration) api.Instance {
	s.t.Helper()
	start := time.Now().Add(ahead)
	end := start.Add(30 * time.Minute)
	i, err := s.people.User.CreateInstance(s.ctx(), api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: definition, TimeslotStart: &start, TimeslotEnd: &end}})
	require.NoError(s.t, err)
	return i
}

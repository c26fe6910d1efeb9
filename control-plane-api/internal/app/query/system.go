package query

import (
	"context"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// The statuses of a component.
const (
	Healthy       = "healthy"
	Unhealthy     = "unhealthy"
	NotConfigured = "not_configured"
	Standby       = "standby"
)

// Trial tries one part that the API needs. Do answers what it found; an error means that the part does not work, of which
// only the code is shown.
type Trial struct {
	Name string
	Do   func(ctx context.Context) (api.Component, error)
}

// SystemDeps is what is asked about the system.
type SystemDeps struct {
	Trials []Trial
	// Jobs lists the work that the leading replica repeats; Leading tells whether that is this one, and which it is.
	Jobs    func() []api.Job
	Leading func() (here bool, leader string)

	Workers  *repo.Repo[worker.Worker]
	Samples  Samples
	Settings command.Settings
	Now      func() time.Time
}

// System holds the queries on the system itself.
type System struct {
	d SystemDeps

	mu   sync.Mutex
	last api.SystemHealth
}

// NewSystem makes them.
func NewSystem(d SystemDeps) *System { return &System{d: d} }

const (
	// trialTime bounds one trial; healthFor is how long an answer stands, so that asking often does not burden the parts.
	trialTime = 3 * time.Second
	healthFor = 5 * time.Second
)

// Health tries all parts at once. What is not configured, or another replica's to do, is no fault.
func (s *System) Health(ctx context.Context) api.SystemHealth {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.d.Now().UTC()
	if age := now.Sub(s.last.CheckedAt); s.last.Status != "" && age >= 0 && age < healthFor {
		return s.last
	}
	found := make([]api.Component, len(s.d.Trials))
	var all sync.WaitGroup
	for i, trial := range s.d.Trials {
		all.Go(func() { found[i] = try(ctx, trial) })
	}
	all.Wait()
	health := api.SystemHealth{Status: Healthy, CheckedAt: now, Components: map[string]api.Component{}}
	for i, component := range found {
		health.Components[s.d.Trials[i].Name] = component
		if component.Status == Unhealthy {
			health.Status = "degraded"
		}
	}
	// A caller who left early does not decide how the parts are for those who come after.
	if ctx.Err() == nil {
		s.last = health
	}
	return health
}

func try(ctx context.Context, trial Trial) api.Component {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	begun := time.Now()
	component, err := trial.Do(ctx)
	if err != nil {
		component.Status, component.Detail = Unhealthy, failure.CodeOf(err)
	}
	if component.Status == Healthy || component.Status == Unhealthy {
		took := float64(time.Since(begun).Microseconds()) / 1000
		component.LatencyMS = &took
	}
	return component
}

// Scheduler answers who does the repeated work.
func (s *System) Scheduler() api.SchedulerStatus {
	here, leader := s.d.Leading()
	jobs := s.d.Jobs()
	status := api.SchedulerStatus{Running: leader != "", State: "standby", Leader: leader, JobCount: len(jobs), Jobs: jobs}
	switch {
	case here:
		status.State = "leading"
	case leader == "":
		status.State = "no_leader"
	}
	return status
}

// Jobs answers the repeated work.
func (s *System) Jobs() api.Jobs { return api.Jobs{Jobs: s.d.Jobs()} }

// Intervals answers how often what is done.
func (s *System) Intervals(ctx context.Context) (api.Intervals, error) {
	e, err := s.d.Settings.Effective(ctx)
	return api.Intervals{Jobs: s.d.Jobs(), Settings: api.IntervalSettings{
		WorkerMetricsPollInterval: e.Monitoring.MetricsPollSeconds, DiscoveryScanInterval: e.Discovery.ScanIntervalSeconds,
		IdleCheckInterval: e.CheckSeconds(),
	}}, err
}

// missedPolls is after how many intervals without figures a collector does not count as active.
const missedPolls = 3

// Monitoring answers whose figures come in: of all workers that run.
func (s *System) Monitoring(ctx context.Context) (api.WorkerMonitoring, error) {
	e, err := s.d.Settings.Effective(ctx)
	if err != nil {
		return api.WorkerMonitoring{}, err
	}
	running := store.Query{Equal: map[string][]string{command.FieldStatus: {string(lifecycle.WorkerRunning), string(lifecycle.WorkerDraining)}}}
	m := api.WorkerMonitoring{Collectors: []api.Collector{}, PollInterval: e.Monitoring.MetricsPollSeconds}
	if err := s.d.Workers.Walk(ctx, running, func(w *worker.Worker, _ repo.Meta) error {
		m.Collectors = append(m.Collectors, api.Collector{WorkerID: w.ID, WorkerName: w.Name})
		return nil
	}); err != nil {
		return m, err
	}
	m.TotalCollectors = len(m.Collectors)
	if s.d.Samples == nil {
		m.Message = "No figures are kept here."
		return m, nil
	}
	return m, s.addCollected(ctx, &m, time.Duration(missedPolls*e.Monitoring.MetricsPollSeconds)*time.Second)
}

func (s *System) addCollected(ctx context.Context, m *api.WorkerMonitoring, fresh time.Duration) error {
	ids := make([]string, 0, len(m.Collectors))
	for _, c := range m.Collectors {
		ids = append(ids, c.WorkerID)
	}
	found, err := s.d.Samples.Get(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range m.Collectors {
		c := &m.Collectors[i]
		sample, ok := found[c.WorkerID]
		if !ok {
			continue
		}
		at := sample.UpdatedAt
		c.LastCollectedAt, c.NextRefreshAt = &at, sample.NextRefreshAt
		if c.Active = s.d.Now().Sub(at) <= fresh; c.Active {
			m.ActiveCollectors++
		}
	}
	return nil
}

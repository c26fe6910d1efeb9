package reconcile

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Stats is a snapshot of a controller's work, for /info and admin routes.
type Stats struct {
	Name string `json:"name"`
	// Queued are ready to run, Delayed wait for a time, Working run now, Failing failed last time.
	Queued  int `json:"queued"`
	Delayed int `json:"delayed"`
	Working int `json:"working"`
	Failing int `json:"failing"`
	// Counts since the start of the process.
	Runs     int64     `json:"runs"`
	Success  int64     `json:"success"`
	Requeue  int64     `json:"requeue"`
	Skip     int64     `json:"skip"`
	Failed   int64     `json:"failed"`
	Panicked int64     `json:"error"`
	LastRun  time.Time `json:"last_run"`
}

type counts struct {
	mu    sync.Mutex
	stats Stats
}

// Stats tells what the controller has done and has before it.
func (c *Controller[K]) Stats() Stats {
	c.counts.mu.Lock()
	stats := c.counts.stats
	c.counts.mu.Unlock()
	stats.Name = c.options.Name
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	stats.Queued, stats.Working = len(c.queue.ready), c.queue.working
	for _, e := range c.queue.entries {
		if !e.ready && !e.working && !e.due().IsZero() {
			stats.Delayed++
		}
		if e.failures > 0 || e.terminal {
			stats.Failing++
		}
	}
	return stats
}

func (c *Controller[K]) count(result Result, err error, took time.Duration) {
	c.counts.mu.Lock()
	s := &c.counts.stats
	s.Runs++
	s.LastRun = time.Now()
	_, panicked := errors.AsType[*PanicError](err)
	status := "success"
	switch {
	case panicked:
		s.Panicked++
		status = "error"
	case err != nil:
		s.Failed++
		status = "failed"
	case result.Skipped:
		s.Skip++
		status = "skip"
	case result.After > 0:
		s.Requeue++
		status = "requeue"
	default:
		s.Success++
	}
	c.counts.mu.Unlock()
	c.observe(func(m *Metrics) {
		m.total.WithLabelValues(c.options.Name, status).Inc()
		m.duration.WithLabelValues(c.options.Name).Observe(took.Seconds())
		m.pending.WithLabelValues(c.options.Name).Set(float64(c.queue.len()))
	})
}

func (q *queue[K]) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.ready)
}

func (c *Controller[K]) observe(report func(*Metrics)) {
	if c.options.Metrics != nil {
		report(c.options.Metrics)
	}
}

// Metrics are those of all controllers of one service.
type Metrics struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	active   *prometheus.GaugeVec
	pending  *prometheus.GaugeVec
}

// NewMetrics registers the metrics of a service's controllers. prefix is the service's name with underscores.
func NewMetrics(registry prometheus.Registerer, prefix string) (*Metrics, error) {
	m := &Metrics{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "_reconcile_total", Help: "Reconciles by outcome: success, requeue, skip, failed, error (a panic).",
		}, []string{"controller", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + "_reconcile_duration_seconds", Help: "Duration of reconciles.",
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 15, 60, 120},
		}, []string{"controller"}),
		active: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "_active_reconciles", Help: "Reconciles that run now.",
		}, []string{"controller"}),
		pending: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "_resources_pending", Help: "Keys that are ready to be reconciled and wait for a worker.",
		}, []string{"controller"}),
	}
	for _, collector := range []prometheus.Collector{m.total, m.duration, m.active, m.pending} {
		if err := registry.Register(collector); err != nil {
			return nil, err
		}
	}
	return m, nil
}

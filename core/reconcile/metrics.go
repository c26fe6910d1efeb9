package reconcile

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are those of all controllers of one service. What lies in the queues is read when the metrics are scraped.
type Metrics struct {
	total, retries *prometheus.CounterVec
	duration, wait *prometheus.HistogramVec
	states         []state

	mu     sync.Mutex
	queues map[string]func() Stats
}

// state is a gauge of how many keys are in a state.
type state struct {
	desc *prometheus.Desc
	of   func(Stats) int
}

// NewMetrics registers the metrics of a service's controllers. prefix is the service's name with underscores.
func NewMetrics(registry prometheus.Registerer, prefix string) (*Metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + name, Help: help, Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 15, 60, 120},
		}, labels)
	}
	gauge := func(name, help string, of func(Stats) int) state {
		return state{prometheus.NewDesc(prefix+name, help, []string{"controller"}, nil), of}
	}
	m := &Metrics{
		total:    counter("_reconcile_total", "Reconciles by outcome: success, requeue, skip, failed, error (a panic).", "controller", "status"),
		retries:  counter("_reconcile_retries_total", "Reconciles of keys whose last one failed.", "controller"),
		duration: histogram("_reconcile_duration_seconds", "Duration of reconciles by outcome.", "controller", "status"),
		wait:     histogram("_reconcile_wait_seconds", "Time that keys were ready and waited for a worker.", "controller"),
		states: []state{
			gauge("_active_reconciles", "Reconciles that run now.", func(s Stats) int { return s.Working }),
			gauge("_resources_pending", "Keys that are ready to be reconciled and wait for a worker.", func(s Stats) int { return s.Queued }),
			gauge("_resources_delayed", "Keys that wait for their time.", func(s Stats) int { return s.Delayed }),
			gauge("_resources_failing", "Keys whose last reconcile failed.", func(s Stats) int { return s.Failing }),
		},
		queues: map[string]func() Stats{},
	}
	for _, collector := range []prometheus.Collector{m.total, m.retries, m.duration, m.wait, m} {
		if err := registry.Register(collector); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// errSameName tells that the metrics of two controllers could not be told apart.
var errSameName = errors.New("two controllers have the same name")

// Watch shows the queue of a controller of a name that no other has.
func (m *Metrics) Watch(name string, stats func() Stats) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.queues[name] != nil {
		return errSameName
	}
	m.queues[name] = stats
	return nil
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, s := range m.states {
		descriptions <- s.desc
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, stats := range m.queues {
		now := stats()
		for _, s := range m.states {
			metrics <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, float64(s.of(now)), name)
		}
	}
}

func (m *Metrics) record(name, outcome string, retry bool, waited, took time.Duration) {
	m.total.WithLabelValues(name, outcome).Inc()
	m.duration.WithLabelValues(name, outcome).Observe(took.Seconds())
	m.wait.WithLabelValues(name).Observe(waited.Seconds())
	if retry {
		m.retries.WithLabelValues(name).Inc()
	}
}

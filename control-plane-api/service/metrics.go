package service

import (
	"fmt"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/relay"
)

// meter counts what commands find odd.
type meter struct {
	skew  *prometheus.CounterVec
	jumps *prometheus.CounterVec
}

func newMeter(registry prometheus.Registerer) (*meter, error) {
	m := &meter{
		skew: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lcm_clock_skew_total", Help: "Commands refused because the caller's clock differs too much.",
		}, []string{"caller"}),
		jumps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lcm_worker_unexpected_jumps_total", Help: "Moves of workers that the table does not have.",
		}, []string{"from", "to"}),
	}
	for _, c := range []prometheus.Collector{m.skew, m.jumps} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}

// ClockSkew implements command.Meter.
func (m *meter) ClockSkew(service string) { m.skew.WithLabelValues(service).Inc() }

// UnexpectedJump implements command.Meter.
func (m *meter) UnexpectedJump(from, to lifecycle.WorkerStatus) {
	m.jumps.WithLabelValues(string(from), string(to)).Inc()
}

// registerFlow shows what becomes of changes on their way to etcd and to the sink.
func registerFlow(registry prometheus.Registerer, r *relay.Relay, p *projection.Projection, d *delivery.Delivery) error {
	counter := func(name, help string, labels prometheus.Labels, value *atomic.Int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, func() float64 {
			return float64(value.Load())
		})
	}
	const repairs, repairsHelp = "lcm_projection_repairs_total", "Keys that a comparison of etcd with the store put right."
	const events, eventsHelp = "lcm_event_deliveries_total", "Deliveries of CloudEvents."
	all := []prometheus.Collector{
		counter(repairs, repairsHelp, prometheus.Labels{"what": "put"}, &p.Stats.Put),
		counter(repairs, repairsHelp, prometheus.Labels{"what": "removed"}, &p.Stats.Removed),
		counter(repairs, repairsHelp, prometheus.Labels{"what": "newer"}, &p.Stats.Newer),
		counter("lcm_projection_unreadable_total", "Documents that could not be projected.", nil, &p.Stats.Unreadable),
		counter(events, eventsHelp, prometheus.Labels{"result": "taken"}, &d.Sent),
		counter(events, eventsHelp, prometheus.Labels{"result": "failed"}, &d.Failed),
		counter("lcm_dead_letters_total", "Events that the sink does not take.", nil, &d.Dead),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "lcm_etcd_down", Help: "1 while etcd does not take read models.",
		}, func() float64 {
			if r.EtcdDown() {
				return 1
			}
			return 0
		}),
	}
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	return nil
}

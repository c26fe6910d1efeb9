package controller

import (
	"context"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// measure registers the metrics that all controllers have.
func (r *Runtime) measure(context.Context, Deps) (err error) {
	prefix := strings.ReplaceAll(r.Service, "-", "_")
	if r.metrics, err = reconcile.NewMetrics(r.Registry, prefix); err != nil {
		return err
	}
	r.caches = newCacheMetrics(prefix)
	leads := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + "_leader", Help: "1 while this replica leads."}, func() float64 {
		if r.elector.Status().IsLeader {
			return 1
		}
		return 0
	})
	for _, collector := range []prometheus.Collector{r.caches, leads} {
		if err := r.Registry.Register(collector); err != nil {
			return err
		}
	}
	return nil
}

// cache is a copy of read models as its metrics see it.
type cache interface {
	Len() int
	Unreadable() int
	Lists() int64
	Check() error
}

// cacheMetrics show the caches of read models, so that one that is empty or behind is noticed.
type cacheMetrics struct {
	models, unreadable, lists, inTouch *prometheus.Desc

	mu     sync.Mutex
	caches map[string]cache
}

func newCacheMetrics(prefix string) *cacheMetrics {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(prefix+name, help, []string{"kind"}, nil)
	}
	return &cacheMetrics{
		models:     desc("_read_models", "Read models in the cache."),
		unreadable: desc("_read_models_unreadable", "Read models that this release cannot read."),
		lists:      desc("_read_model_lists_total", "How often the cache was listed anew; each means that the watch was lost."),
		inTouch:    desc("_read_models_in_touch", "1 while the cache hears from etcd and can be read."),
		caches:     map[string]cache{},
	}
}

func (m *cacheMetrics) watch(kind string, c cache) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.caches[kind] = c
}

// Describe implements prometheus.Collector.
func (m *cacheMetrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.models, m.unreadable, m.lists, m.inTouch} {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (m *cacheMetrics) Collect(metrics chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for kind, c := range m.caches {
		inTouch := 0.0
		if c.Check() == nil {
			inTouch = 1
		}
		metrics <- prometheus.MustNewConstMetric(m.models, prometheus.GaugeValue, float64(c.Len()), kind)
		metrics <- prometheus.MustNewConstMetric(m.unreadable, prometheus.GaugeValue, float64(c.Unreadable()), kind)
		metrics <- prometheus.MustNewConstMetric(m.lists, prometheus.CounterValue, float64(c.Lists()), kind)
		metrics <- prometheus.MustNewConstMetric(m.inTouch, prometheus.GaugeValue, inTouch, kind)
	}
}

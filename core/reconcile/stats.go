package reconcile

import (
	"errors"
	"sync"
	"time"
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
	stats.Queued, stats.Working = c.queue.ready.length(), c.queue.working
	for _, e := range c.queue.entries {
		if e.lane == nil && !e.working && !e.due().IsZero() {
			stats.Delayed++
		}
		if e.failures > 0 || e.terminal {
			stats.Failing++
		}
	}
	return stats
}

// The outcomes of a run, as metrics name them.
const (
	outcomeSuccess = "success"
	outcomeRequeue = "requeue"
	outcomeSkip    = "skip"
	outcomeFailed  = "failed"
	outcomePanic   = "error"
)

func outcomeOf(result Result, err error) string {
	_, panicked := errors.AsType[*PanicError](err)
	switch {
	case panicked:
		return outcomePanic
	case err != nil:
		return outcomeFailed
	case result.Skipped:
		return outcomeSkip
	case result.After > 0:
		return outcomeRequeue
	default:
		return outcomeSuccess
	}
}

func (c *Controller[K]) count(run taken[K], result Result, err error, took time.Duration) {
	outcome := outcomeOf(result, err)
	c.counts.add(outcome)
	if c.options.Metrics != nil {
		c.options.Metrics.record(c.options.Name, outcome, run.retry, run.waited, took)
	}
}

func (c *counts) add(outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Runs++
	c.stats.LastRun = time.Now()
	switch outcome {
	case outcomePanic:
		c.stats.Panicked++
	case outcomeFailed:
		c.stats.Failed++
	case outcomeSkip:
		c.stats.Skip++
	case outcomeRequeue:
		c.stats.Requeue++
	default:
		c.stats.Success++
	}
}

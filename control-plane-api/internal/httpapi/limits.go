package httpapi

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Limits caps how fast one caller may call. The zero value caps nothing.
type Limits struct {
	PerSecond float64
	Burst     int
}

// callers remembers the latest callers' budgets; one that was forgotten starts with a full one.
type callers struct {
	limits Limits
	mu     sync.Mutex
	seen   *lru.Cache[string, *rate.Limiter]
}

const rememberedCallers = 10_000

func newCallers(limits Limits) (*callers, error) {
	seen, err := lru.New[string, *rate.Limiter](rememberedCallers)
	if err != nil {
		return nil, err
	}
	return &callers{limits: limits, seen: seen}, nil
}

func (c *callers) allow(who string) error {
	if c.limits.PerSecond <= 0 {
		return nil
	}
	c.mu.Lock()
	budget, ok := c.seen.Get(who)
	if !ok {
		budget = rate.NewLimiter(rate.Limit(c.limits.PerSecond), c.limits.Burst)
		c.seen.Add(who, budget)
	}
	c.mu.Unlock()
	if budget.Allow() {
		return nil
	}
	err := failure.New(failure.Throttled, "rate_limited", "Too many calls: at most %g a second.", c.limits.PerSecond)
	err.RetryAfter = time.Second
	return err
}

package httpapi

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Limits caps what callers may take of the API. Zero caps nothing of its kind.
type Limits struct {
	// PerSecond and Burst are each caller's: a person's, or a service's.
	PerSecond float64
	Burst     int
	// IPPerSecond and IPBurst are each address's, whoever calls from there; services are not counted. AllPerSecond and AllBurst are
	// everyone's together.
	IPPerSecond, AllPerSecond float64
	IPBurst, AllBurst         int
	// AtOnce is how many requests of people are worked on at a time, and how many of services; IPAtOnce is how many of one
	// address are here. Event streams are not counted. Beyond AtOnce as many again wait up to Patience for their turn.
	AtOnce, IPAtOnce int
	Patience         time.Duration
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
}

// budgets remembers the latest callers' budgets; one that was forgotten starts with a full one.
type budgets struct {
	perSecond rate.Limit
	burst     int
	mu        sync.Mutex
	seen      *lru.Cache[string, *rate.Limiter]
}

const rememberedCallers = 10_000

func newBudgets(perSecond float64, burst int) (*budgets, error) {
	seen, err := lru.New[string, *rate.Limiter](rememberedCallers)
	if err != nil {
		return nil, err
	}
	return &budgets{perSecond: rate.Limit(perSecond), burst: burst, seen: seen}, nil
}

func (b *budgets) allow(who string) error {
	if b.perSecond <= 0 {
		return nil
	}
	b.mu.Lock()
	budget, ok := b.seen.Get(who)
	if !ok {
		budget = rate.NewLimiter(b.perSecond, b.burst)
		b.seen.Add(who, budget)
	}
	b.mu.Unlock()
	if budget.Allow() {
		return nil
	}
	return slowDown("rate_limited", "Too many calls: at most %g a second.", float64(b.perSecond))
}

func slowDown(code, message string, args ...any) error {
	err := failure.New(failure.Throttled, code, message, args...)
	err.RetryAfter = time.Second
	return err
}

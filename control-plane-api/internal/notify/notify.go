// Package notify tells the owners of definitions what becomes of their labs: news are queued in the store with the change
// that they are about, and delivered to the webhook that the definition names, as events are delivered to the operator's
// sink. Since users give the URLs, they are called through egress.
package notify

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

// Lookup reads what news are about. What is not there is failure.NotFound.
type Lookup interface {
	Definition(ctx context.Context, id string) (*definition.Definition, error)
	Instance(ctx context.Context, id string) (*instance.Instance, error)
}

// Config says how owners are told.
type Config struct {
	// Source is the events' source; Prefix stands before their types.
	Source, Prefix string
	// Tries is how often an event that a webhook refuses as such is sent before it is laid aside; Delay is the first pause
	// before a webhook that does not answer is tried again.
	Tries int
	Delay time.Duration
	// Client calls what users gave: egress makes it.
	Client *http.Client
	// Open opens a definition's sealed secret; nil where no key is configured.
	Open   func(sealed []byte) (secret.String, error)
	Lookup Lookup
	Now    func() time.Time
	Log    *slog.Logger
}

const (
	// longestDelay is the longest pause before a webhook that does not answer is tried again; giveUp lays aside what is older.
	longestDelay = 10 * time.Minute
	giveUp       = 72 * time.Hour
	// timeout bounds one delivery, turn what one webhook takes of a slot before others have theirs.
	timeout, turn = 15 * time.Second, 10 * time.Second
	// atOnce is how many webhooks are called at a time, targetsKept how many are remembered between their calls.
	atOnce, targetsKept = 8, 1000
	// poll is the pause when nothing waits; what this replica queues itself is sent at once.
	poll = 5 * time.Second
)

// Notify queues news and sends them. It is safe for concurrent use.
type Notify struct {
	config Config
	engine Engine
	queue  *queue
	wake   chan struct{}

	mu      sync.Mutex
	targets map[string]*target

	// Stats count deliveries. Queued counts news, Dropped those that no webhook wants any more, and NotConfigured those that
	// were for an address of mail, which nobody sends to.
	*delivery.Stats
	Queued, Dropped, NotConfigured atomic.Int64
}

// New makes it.
func New(config Config, engine Engine) *Notify {
	if config.Delay <= 0 {
		config.Delay = time.Second
	}
	return &Notify{
		config: config, engine: engine, queue: &queue{engine: engine, now: config.Now}, wake: make(chan struct{}, 1),
		targets: map[string]*target{}, Stats: &delivery.Stats{},
	}
}

// stir has Run look for news at once.
func (n *Notify) stir() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

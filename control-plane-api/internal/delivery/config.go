// Package delivery sends the events of the journal to the sink as CloudEvents over HTTP: of one aggregate in order, each
// with an id that stays the same when it is sent again, repeated over restarts until the sink has taken it.
package delivery

import (
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Mode is the form in which an event travels.
type Mode string

// The modes of the CloudEvents HTTP binding.
const (
	Binary     Mode = "binary"
	Structured Mode = "structured"
)

// CompatFR is the value of Config.Compat that also sends the six names of requirement 2.6.3.
const CompatFR = "fr-2.6.3"

// Config says where and how events are delivered.
type Config struct {
	// Sink is the URL that takes events; nil delivers nothing.
	Sink *url.URL
	// Target names whose sink it is, and is kept with what is laid aside; empty is the operator's. IDPrefix stands before the
	// ids of events, so that one event has an id of its own at each kind of sink.
	Target, IDPrefix string
	// Source is the events' source; Prefix stands before their types.
	Source, Prefix string
	Mode           Mode
	// Compat is empty or CompatFR.
	Compat string
	// Secret signs each delivery when it is set.
	Secret secret.String
	// Withheld is a stable word for why nothing may be sent, and empty where it may: the sink is then not called, and what waits is
	// treated as if it did not answer.
	Withheld string
	// Tries is how often an event that the sink refuses as such is sent before it is laid aside; Delay is the pause in
	// between, and the first pause when the sink does not answer.
	Tries int
	Delay time.Duration
	// GiveUp lays an event aside that is older when the sink does not answer; 0 waits for the sink as long as it takes.
	GiveUp time.Duration
	// Turn is how long a Round goes on, and the longest pause in it; 0 is as long as it takes. Who has many sinks gives each its
	// turn, so that a slow one does not hold up the others.
	Turn time.Duration
	// Timeout bounds one delivery; 0 is half a minute.
	Timeout time.Duration
	// Stats counts; nil makes counters of its own. Several deliveries may share them.
	Stats *Stats
	// Client sends; nil makes one. It never follows a redirect.
	Client *http.Client
	Now    func() time.Time
}

// Stats count deliveries that were taken, that failed, and events that were laid aside.
type Stats struct {
	Sent, Failed, Dead atomic.Int64
}

// CodeSecretUnreadable is the word of Config.Withheld for deliveries that cannot be signed although they should be.
const CodeSecretUnreadable = "secret_unreadable"

// CodeDefinitionUnreadable is the word for deliveries of which nobody can tell where they would go.
const CodeDefinitionUnreadable = "definition_unreadable"

// CodeAddressRefused is the code of an error of Config.Client that says that the sink's address may not be called at all.
const CodeAddressRefused = "address_refused"

const (
	// longestDelay is the longest pause before a sink that does not answer is tried again.
	longestDelay = time.Minute
	// sendTimeout bounds one delivery.
	sendTimeout = 30 * time.Second
	// keepTimeout bounds what is written although the process is about to end.
	keepTimeout = 3 * time.Second
	// keepUsers is how long events are kept that a user's sink does not take.
	keepUsers = 30 * 24 * time.Hour
	// aggregatesAtOnce is how many aggregates are delivered side by side.
	aggregatesAtOnce = 8
	// lookAhead is how many waiting entries are looked at, and perAggregate how many of one aggregate are sent in a run.
	lookAhead, perAggregate = 500, 50
	// idle is the pause when nothing waits.
	idle = 500 * time.Millisecond
)

func (c *Config) complete() {
	if c.Tries <= 0 {
		c.Tries = 5
	}
	if c.Delay <= 0 {
		c.Delay = time.Second
	}
	if c.Mode == "" {
		c.Mode = Binary
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout <= 0 {
		c.Timeout = sendTimeout
	}
	if c.Stats == nil {
		c.Stats = &Stats{}
	}
	client := http.Client{Timeout: c.Timeout}
	if c.Client != nil {
		client = *c.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Client = &client
}

// origin names the sender to a sink that asks for it.
func (c *Config) origin() string {
	if source, err := url.Parse(c.Source); err == nil && source.Hostname() != "" {
		return source.Hostname()
	}
	return "lablet-cloud-manager"
}

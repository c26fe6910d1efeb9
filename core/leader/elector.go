// Package leader elects one leader among the replicas of a service. etcd says who leads: the oldest key below the
// service's election prefix. The store of control-plane-api says which term may write: a leader acts only with a term.
package leader

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Store is what an election needs of etcd.
type Store interface {
	etcdkv.Store
	etcdkv.Leases
}

// Config says for what and how to campaign.
type Config struct {
	// Service names the election; all replicas of a service give the same.
	Service string
	// InstanceID tells replicas apart for people; see NewInstanceID.
	InstanceID string
	// TTL is how long a leader that vanished keeps its place; whole seconds, zero means 5 s.
	TTL time.Duration
	// Store is etcd.
	Store Store
	// IssueTerm asks control-plane-api for a term for an election key. It must refuse a key that is not the oldest.
	IssueTerm func(ctx context.Context, key string, createRevision int64) (term int64, err error)
	// StopGrace bounds how long the place is kept for work that does not stop; zero means 10 s.
	StopGrace time.Duration
	// Log may be nil.
	Log *slog.Logger
}

// Status tells who leads, as far as this replica knows.
type Status struct {
	// IsLeader is true while this replica holds a term and its lease has not run out by its own clock.
	IsLeader bool `json:"is_leader"`
	// LeaderID is the instance id of the holder of the oldest key, empty when there is none or etcd is silent.
	LeaderID    string `json:"leader_id"`
	InstanceID  string `json:"instance_id"`
	ServiceName string `json:"service_name"`
	// Term is that of this replica while it leads, else 0.
	Term int64 `json:"term"`
}

// Elector campaigns for one service on behalf of one replica.
type Elector struct {
	config Config
	prefix string
	mirror *etcdkv.Mirror
	// moved has room for one: something changed below the prefix.
	moved chan struct{}

	mu      sync.Mutex
	current *candidacy
}

// candidacy is one attempt to lead, from joining the queue to leaving it.
type candidacy struct {
	session *session
	// ctx ends with the session, with Run's context or with Resign. The session is kept a little longer, until the work has
	// stopped.
	ctx    context.Context
	cancel context.CancelCauseFunc
	// term is 0 until one was issued. The elector's lock guards it.
	term int64
}

// New makes an elector; Run campaigns.
func New(config Config) *Elector {
	if config.TTL <= 0 {
		config.TTL = 5 * time.Second
	}
	if config.StopGrace <= 0 {
		config.StopGrace = 10 * time.Second
	}
	if config.InstanceID == "" {
		config.InstanceID = NewInstanceID()
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Log = config.Log.With("election", config.Service, "instance_id", config.InstanceID)
	e := &Elector{config: config, prefix: Prefix(config.Service), moved: make(chan struct{}, 1)}
	e.mirror = etcdkv.NewMirror(config.Store, e.prefix, func(etcdkv.Change) { e.notify() }, etcdkv.WithLog(config.Log))
	return e
}

// Prefix is that of the election keys of a service. The key of a replica is Prefix plus its lease in hexadecimal.
func Prefix(service string) string { return readmodel.LeaderRoot + service + "/" }

// NewInstanceID makes an id of the host's name and eight random hexadecimal digits.
func NewInstanceID() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unknown"
	}
	return fmt.Sprintf("%s-%s", host, strings.ReplaceAll(uuid.NewString(), "-", "")[:8])
}

// Status tells who leads.
func (e *Elector) Status() Status {
	status := Status{InstanceID: e.config.InstanceID, ServiceName: e.config.Service}
	e.mu.Lock()
	if c := e.current; c != nil && c.term != 0 && c.ctx.Err() == nil && c.session.alive() {
		status.IsLeader, status.Term = true, c.term
	}
	e.mu.Unlock()
	if status.IsLeader {
		status.LeaderID = e.config.InstanceID
	} else if e.mirror.Check() == nil {
		if oldest, found := e.oldest(); found {
			status.LeaderID = string(oldest.Value)
		}
	}
	return status
}

// Check is nil while the election can be followed: etcd answers. A standby is as good as a leader.
func (e *Elector) Check() error { return e.mirror.Check() }

// Resign gives up the leadership or candidacy, if there is one. The work's context is cancelled; when the work has
// stopped the place is given up and the replica queues again behind the others.
func (e *Elector) Resign() {
	e.mu.Lock()
	c := e.current
	e.mu.Unlock()
	if c != nil {
		c.cancel(errResigned)
	}
}

func (e *Elector) notify() {
	select {
	case e.moved <- struct{}{}:
	default:
	}
}

// oldest finds the election key that leads.
func (e *Elector) oldest() (oldest etcdkv.Item, found bool) {
	e.mirror.Range(func(item etcdkv.Item) bool {
		if !found || item.CreateRevision < oldest.CreateRevision {
			oldest, found = item, true
		}
		return true
	})
	return oldest, found
}

// enter publishes a candidacy for Status and Resign; nil when it is over.
func (e *Elector) enter(c *candidacy) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.current = c
}

func (e *Elector) setTerm(c *candidacy, term int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.term = term
}

// Package stream serves server-sent events: one watch of etcd per replica feeds a ring of changes, from which every reader
// takes what he may see. Any replica serves any reader.
package stream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// Config is what a hub works with.
type Config struct {
	Bus       Bus
	Snapshots Snapshots
	Now       func() time.Time
	Log       *slog.Logger
	// Heartbeat is how often a silent stream says that it lives; 30 s when zero.
	Heartbeat time.Duration
	// Most is how many streams are open at once, MostOfOne how many of them one person's; 5,000 and 1,000 when zero.
	Most, MostOfOne int
	// Remember is how many changes the ring holds; 10,000 when zero.
	Remember int
}

// Snapshots reads from the store what readers are shown first. The call in the context decides what that is.
type Snapshots interface {
	// Page reads some of what the caller may see. from is the zero Place first, then what the page before gave; the last page
	// gives a Place that is at its end.
	Page(ctx context.Context, from Place) (shown []Snapshot, next Place, err error)
	// One reads one aggregate; found is false where there is none.
	One(ctx context.Context, kind readmodel.Kind, id string) (shown Snapshot, found bool, err error)
}

// Place is how far the pages have been read.
type Place struct {
	// Stage counts the kinds that are read through.
	Stage  int
	Cursor string
	End    bool
}

// Snapshot is an aggregate as it is now.
type Snapshot struct {
	Kind          readmodel.Kind
	ID            string
	Version       int64
	Owner, Worker string
	// Data is encoded as JSON. It holds no credential: no launch URL, no token.
	Data any
}

// Hub admits readers and serves them. It is safe for concurrent use.
type Hub struct {
	config Config
	ring   *ring
	// reading bounds how many pages of snapshots are read at once, so that a crowd does not take the whole store.
	reading chan struct{}
	listed  chan struct{}
	once    sync.Once
	closing context.Context
	end     context.CancelFunc

	mu   sync.Mutex
	open map[string]int

	// Clients counts open streams, Dropped those that were ended since they read too slowly.
	Clients, Dropped atomic.Int64
}

const (
	snapshotsAtOnce = 8
	showTime        = 2 * time.Second
)

// New makes a hub; Run fills it.
func New(c Config) *Hub {
	if c.Heartbeat <= 0 {
		c.Heartbeat = 30 * time.Second
	}
	if c.Most <= 0 {
		c.Most = 5000
	}
	if c.MostOfOne <= 0 {
		c.MostOfOne = 1000
	}
	if c.Remember <= 0 {
		c.Remember = ringSize
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		config: c, ring: newRing(c.Remember), reading: make(chan struct{}, snapshotsAtOnce), listed: make(chan struct{}), open: map[string]int{},
	}
	h.closing, h.end = context.WithCancel(context.Background())
	return h
}

// Run watches etcd until ctx ends, and then ends all streams.
func (h *Hub) Run(ctx context.Context) error {
	defer h.Shutdown()
	f := &feed{
		bus: h.config.Bus, ring: h.ring, show: h.show, log: h.config.Log, now: h.config.Now, heads: map[string]head{},
		listed: func() { h.once.Do(func() { close(h.listed) }) },
	}
	f.run(ctx)
	return nil
}

// Shutdown tells all readers that the service stops, and ends their streams; no new one is admitted. It returns at once.
func (h *Hub) Shutdown() { h.end() }

func (h *Hub) show(ctx context.Context, kind readmodel.Kind, id string) (frame, bool, error) {
	if snapshotName(kind) == "" {
		return frame{}, false, nil
	}
	ctx, cancel := context.WithTimeout(call.With(ctx, call.Call{Actor: call.Self, Roles: []api.Role{api.Admin}}), showTime)
	defer cancel()
	shown, found, err := h.config.Snapshots.One(ctx, kind, id)
	if err != nil || !found {
		return frame{}, false, err
	}
	f, err := shown.frame(h.config.Now())
	return f, err == nil, err
}

// Open admits the caller of the context to a stream. The function that it gives serves the stream until ctx ends, a write
// fails or the stream is over; it must be called once. Codes: stream_unavailable, too_many_streams.
func (h *Hub) Open(ctx context.Context, req api.StreamEvents) (func(ctx context.Context, write func([]byte) error), error) {
	select {
	case <-h.listed:
	default:
		return nil, failure.New(failure.Unavailable, "stream_unavailable", "Changes are not read from etcd yet; try again.")
	}
	if h.closing.Err() != nil {
		return nil, failure.New(failure.Unavailable, "stream_unavailable", "This replica stops; another one serves the stream.")
	}
	c := call.From(ctx)
	if err := h.admit(c.Actor); err != nil {
		return nil, err
	}
	r := &reader{hub: h, viewer: viewerOf(c, req), lastEventID: req.LastEventID}
	return func(ctx context.Context, write func([]byte) error) {
		defer h.leave(c.Actor)
		r.write = write
		if err := r.serve(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errOver) {
			h.config.Log.Debug("stream ended", "error", err)
		}
	}, nil
}

func (h *Hub) admit(actor string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	full := h.Clients.Load() >= int64(h.config.Most)
	if !full && h.open[actor] < h.config.MostOfOne {
		h.open[actor]++
		h.Clients.Add(1)
		return nil
	}
	kind, message := failure.Throttled, "You have as many streams open as one may have."
	if full {
		kind, message = failure.Unavailable, "As many streams are open as one replica serves; try again."
	}
	err := failure.New(kind, "too_many_streams", "%s", message)
	err.RetryAfter = 5 * time.Second
	return err
}

func (h *Hub) leave(actor string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Clients.Add(-1)
	if h.open[actor]--; h.open[actor] == 0 {
		delete(h.open, actor)
	}
}

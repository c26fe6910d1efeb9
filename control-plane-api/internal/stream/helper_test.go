package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/stream"
)

// shelf is what snapshots show; failing makes reading fail.
type shelf struct {
	mu      sync.Mutex
	shown   []stream.Snapshot
	failing bool
	reads   int
}

func (s *shelf) Page(_ context.Context, from stream.Place) ([]stream.Snapshot, stream.Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.failing {
		return nil, from, errors.New("store gone")
	}
	if from.Stage == len(s.shown) {
		return nil, stream.Place{End: true}, nil
	}
	return s.shown[from.Stage : from.Stage+1], stream.Place{Stage: from.Stage + 1}, nil
}

func (s *shelf) One(_ context.Context, kind readmodel.Kind, id string) (stream.Snapshot, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.shown {
		if one.Kind == kind && one.ID == id {
			return one, true, nil
		}
	}
	return stream.Snapshot{}, false, nil
}

// bench is a hub on an etcd in memory, inside a bubble of virtual time.
type bench struct {
	t      *testing.T
	kv     *memkv.Store
	shelf  *shelf
	hub    *stream.Hub
	config stream.Config
	stop   func()
	models map[string]readmodel.Envelope
}

func inBubble(t *testing.T, test func(b *bench), change ...func(*stream.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, kv: memkv.New(), shelf: &shelf{}, models: map[string]readmodel.Envelope{}}
		b.config = stream.Config{Bus: b.kv, Snapshots: b.shelf}
		for _, c := range change {
			c(&b.config)
		}
		b.start()
		test(b)
		b.stop()
	})
}

func (b *bench) start() {
	b.hub = stream.New(b.config)
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- b.hub.Run(ctx) }()
	b.stop = func() {
		cancel()
		require.NoError(b.t, <-done)
	}
	synctest.Wait()
}

// change stores the next version of an aggregate, with its events by type and data in turn.
func (b *bench) change(kind readmodel.Kind, id string, model map[string]any, events ...string) {
	b.t.Helper()
	key := readmodel.Key(kind, id)
	e := b.models[key]
	e.Epoch = "e"
	e.Version++
	change := readmodel.Change{Version: e.Version, At: time.Now().UTC(), By: "ann"}
	for i := 0; i+1 < len(events); i += 2 {
		change.Events = append(change.Events, readmodel.Event{Type: events[i], Data: json.RawMessage(events[i+1])})
	}
	e.Changes = append(e.Changes, change)
	if len(e.Changes) > 16 {
		e.Changes = e.Changes[len(e.Changes)-16:]
	}
	e.Model, _ = json.Marshal(model)
	b.models[key] = e
	b.put(key)
}

// put projects an aggregate as it is now.
func (b *bench) put(key string) {
	b.t.Helper()
	value, err := json.Marshal(b.models[key])
	require.NoError(b.t, err)
	item, _, err := b.kv.Get(b.t.Context(), key)
	require.NoError(b.t, err)
	_, ok, err := b.kv.PutIf(b.t.Context(), key, value, item.ModRevision)
	require.NoError(b.t, err)
	require.True(b.t, ok)
	synctest.Wait()
}

// client reads a stream; write may be made to block or fail.
type client struct {
	t      *testing.T
	cancel context.CancelFunc
	done   chan struct{}
	gate   chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
}

func (b *bench) open(c call.Call, req api.StreamEvents) *client {
	b.t.Helper()
	r := b.opened(c, req, nil)
	synctest.Wait()
	return r
}

func (b *bench) opened(c call.Call, req api.StreamEvents, gate chan struct{}) *client {
	b.t.Helper()
	serve, err := b.hub.Open(call.With(b.t.Context(), c), req)
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(b.t.Context())
	r := &client{t: b.t, cancel: cancel, done: make(chan struct{}), gate: gate}
	b.t.Cleanup(cancel)
	go func() {
		defer close(r.done)
		defer cancel()
		serve(ctx, r.write)
	}()
	return r
}

func (r *client) write(p []byte) error {
	if r.gate != nil {
		<-r.gate
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.text.Write(p)
	return err
}

// got is one frame as it was read.
type got struct {
	Event, ID string
	api.StreamFrame
}

func (r *client) frames() []got {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []got
	for block := range strings.SplitSeq(strings.TrimSuffix(r.text.String(), "\n\n"), "\n\n") {
		var one got
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ": ")
			switch field {
			case "event":
				one.Event = value
			case "id":
				one.ID = value
			case "data":
				require.NoError(r.t, json.Unmarshal([]byte(value), &one.StreamFrame))
			}
		}
		require.Equal(r.t, one.Event, one.Type)
		all = append(all, one)
	}
	return all
}

// events are the names of the frames but connected and heartbeat.
func (r *client) events() (names []string) {
	for _, f := range r.frames() {
		if f.Event != "connected" && f.Event != "heartbeat" {
			names = append(names, f.Event)
		}
	}
	return names
}

// last is the id to come back with.
func (r *client) last() (id string) {
	for _, f := range r.frames() {
		if f.ID != "" {
			id = f.ID
		}
	}
	return id
}

func (r *client) close() {
	r.cancel()
	<-r.done
}

func person(subject string, roles ...api.Role) call.Call {
	return call.Call{Actor: subject, Roles: roles}
}

func field(t *testing.T, f got, name string) any {
	t.Helper()
	var data map[string]any
	require.NoError(t, json.Unmarshal(f.Data, &data))
	return data[name]
}

package replicas

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// watcher follows the stream of events: of one replica, and of the other one when that breaks off.
type watcher struct {
	stage   *stage
	replica int

	mu sync.Mutex
	// seen are the versions of instances that a frame told of; shown the highest that a snapshot showed.
	seen  map[string]bool
	shown map[string]int64
	// opened counts streams, resumed those that went on where the one before had broken off.
	opened, resumed int
	last            string
}

func newWatcher(s *stage, replica int) *watcher {
	return &watcher{stage: s, replica: replica, seen: map[string]bool{}, shown: map[string]int64{}}
}

// run follows until ctx ends.
func (w *watcher) run(ctx context.Context) {
	for n := w.replica; ctx.Err() == nil; n++ {
		w.follow(ctx, n%2)
	}
}

// follow reads one stream to its end.
func (w *watcher) follow(ctx context.Context, replica int) {
	events, err := w.stage.people[replica].Admin.StreamEvents(ctx, api.StreamEvents{LastEventID: w.last})
	if err != nil {
		return
	}
	defer func() { _ = events.Close() }()
	for {
		frame, err := events.Next()
		if err != nil {
			return
		}
		w.note(frame)
		w.mu.Lock()
		w.last = events.LastEventID()
		w.mu.Unlock()
	}
}

func (w *watcher) note(frame api.StreamFrame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case frame.Type == "connected":
		var told struct {
			Resumed bool `json:"resumed"`
		}
		_ = json.Unmarshal(frame.Data, &told) // what cannot be read was not resumed
		w.opened++
		if told.Resumed {
			w.resumed++
		}
	case strings.HasSuffix(frame.Type, ".snapshot"):
		w.shown[frame.ID] = max(w.shown[frame.ID], frame.Version)
	case frame.ID != "":
		w.seen[versionOf(frame.ID, frame.Version)] = true
	}
}

func versionOf(id string, version int64) string { return fmt.Sprintf("%s/%d", id, version) }

// has reports that the watcher was told of a version, or shown a later one.
func (w *watcher) has(id string, version int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[versionOf(id, version)] || w.shown[id] >= version
}

// counts tells how many streams were opened, and how many of them went on where the one before had broken off.
func (w *watcher) counts() (opened, resumed int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opened, w.resumed
}

// connected reports that the first stream has come to changes.
func (w *watcher) connected() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last != ""
}

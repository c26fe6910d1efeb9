package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// reader serves one stream.
type reader struct {
	hub         *Hub
	viewer      viewer
	lastEventID string
	write       func([]byte) error
	buffer      bytes.Buffer
}

// errOver ends a stream that has been told why.
var errOver = errors.New("stream is over")

// readAtOnce is how many changes are written before the reader looks up again.
const readAtOnce = 100

// serve writes the stream. It keeps no queue: a reader has a place in the ring, and one who is too slow loses it.
func (r *reader) serve(ctx context.Context) error {
	// A token that ends takes the stream along, also in the middle of snapshots.
	if expires := r.viewer.call.Expires; !expires.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, expires, errExpired)
		defer cancel()
	}
	err := r.stream(ctx)
	if errors.Is(context.Cause(ctx), errExpired) {
		return r.bye(typeExpired, map[string]string{"reason": "token_expired"})
	}
	return err
}

var errExpired = errors.New("the caller's token has expired")

func (r *reader) stream(ctx context.Context) error {
	at, resumed := r.start()
	if err := r.say(typeConnected, map[string]any{
		"status": "connected", "user": r.viewer.call.Actor, "client_id": uuid.NewString(), "resumed": resumed,
		"heartbeat_seconds": r.hub.config.Heartbeat.Seconds(),
	}, ""); err != nil {
		return err
	}
	if !resumed {
		if err := r.snapshots(ctx); err != nil {
			return err
		}
		// Only now has the reader all there was at this revision.
		if err := r.heartbeat(at); err != nil {
			return err
		}
	}
	return r.follow(ctx, at)
}

// start finds the place from which changes follow.
func (r *reader) start() (at position, resumed bool) {
	if cluster, revision, ok := parseEventID(r.lastEventID); ok {
		if at, resumed = r.hub.ring.resume(cluster, revision); resumed {
			return at, true
		}
	}
	return r.hub.ring.end(), false
}

// snapshots shows what there is, page by page.
func (r *reader) snapshots(ctx context.Context) error {
	var place Place
	for !place.End {
		shown, next, err := r.page(ctx, place)
		if err != nil {
			return err
		}
		for _, s := range shown {
			f, err := s.frame(r.hub.config.Now())
			if err != nil {
				return err
			}
			if f, seen := r.viewer.cut(f, f.at); seen {
				f.put(&r.buffer, "")
			}
		}
		if err := r.flush(); err != nil {
			return err
		}
		place = next
	}
	return nil
}

// page reads one page, with a few other readers at most: it is written when others may read again.
func (r *reader) page(ctx context.Context, from Place) (shown []Snapshot, next Place, err error) {
	select {
	case r.hub.reading <- struct{}{}:
		defer func() { <-r.hub.reading }()
	case <-ctx.Done():
		return nil, from, ctx.Err()
	case <-r.hub.closing.Done():
		return nil, from, r.shutdown()
	}
	reading, cancel := context.WithTimeout(call.With(ctx, r.viewer.call), pageTime)
	defer cancel()
	shown, next, err = r.hub.config.Snapshots.Page(reading, from)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, r.bye(typeError, map[string]string{"code": "snapshot_failed", "detail": "What there is could not be read; connect again."}))
	}
	return shown, next, err
}

// pageTime bounds the reading of a page.
const pageTime = 10 * time.Second

// follow writes changes as they come.
func (r *reader) follow(ctx context.Context, at position) error {
	beat := time.NewTicker(r.hub.config.Heartbeat)
	defer beat.Stop()
	for {
		entries, next, lost, more := r.hub.ring.after(at, readAtOnce)
		if lost {
			r.hub.Dropped.Add(1)
			return r.bye(typeError, map[string]string{"code": "too_slow", "detail": "The stream was read too slowly; connect again."})
		}
		at = next
		if len(entries) > 0 {
			if err := r.put(entries, at.id()); err != nil {
				return err
			}
			continue
		}
		select {
		case <-more:
		case <-beat.C:
			if err := r.heartbeat(at); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-r.hub.closing.Done():
			return r.shutdown()
		}
	}
}

// put writes what the viewer sees of some changes. Only the last frame has an id: what it names is complete then.
func (r *reader) put(entries []entry, id string) error {
	var seen []frame
	for _, e := range entries {
		for _, f := range e.frames {
			if f, ok := r.viewer.cut(f, r.hub.config.Now()); ok {
				seen = append(seen, f)
			}
		}
	}
	for i, f := range seen {
		with := ""
		if i == len(seen)-1 {
			with = id
		}
		f.put(&r.buffer, with)
	}
	return r.flush()
}

func (r *reader) heartbeat(at position) error {
	return r.say(typeHeartbeat, map[string]time.Time{"timestamp": r.hub.config.Now().UTC()}, at.id())
}

func (r *reader) shutdown() error {
	return r.bye(typeShutdown, map[string]string{"reason": "this replica stops; connect again"})
}

// bye tells why the stream ends.
func (r *reader) bye(kind string, data any) error {
	return errors.Join(errOver, r.say(kind, data, ""))
}

func (r *reader) say(kind string, data any, id string) error {
	f, err := own(kind, r.hub.config.Now(), data)
	if err != nil {
		return err
	}
	f.put(&r.buffer, id)
	return r.flush()
}

func (r *reader) flush() error {
	if r.buffer.Len() == 0 {
		return nil
	}
	err := r.write(r.buffer.Bytes())
	r.buffer.Reset()
	return err
}

// frame makes the frame of a snapshot.
func (s Snapshot) frame(at time.Time) (frame, error) {
	data, err := json.Marshal(s.Data)
	if err != nil {
		return frame{}, fmt.Errorf("snapshot of %s %s: %w", s.Kind, s.ID, err)
	}
	return frame{
		kind: snapshotName(s.Kind), subject: s.Kind, id: s.ID, version: s.Version, owner: s.Owner, worker: s.Worker, at: at.UTC(), data: data,
	}.rendered()
}

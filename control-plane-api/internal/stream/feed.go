package stream

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Bus is the part of etcd that is watched.
type Bus interface {
	List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error)
	Watch(ctx context.Context, prefix string, fromRevision int64) <-chan etcdkv.Batch
}

const (
	listPage   = 200
	listTime   = time.Minute
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// errHistory says that etcd was wiped or restored.
var errHistory = errors.New("etcd shows another history")

// feed fills the ring from one list and the watch that follows it. Of each key it remembers a few words only: which version
// was told last. What a broken watch has missed is told after the next list, as far as envelopes reach back.
type feed struct {
	bus      Bus
	ring     *ring
	show     func(ctx context.Context, kind readmodel.Kind, id string) (frame, bool, error)
	log      *slog.Logger
	now      func() time.Time
	heads    map[string]head
	figures  batch
	revision int64
	cluster  uint64
	// broken tells that the watch showed another history than the one that was listed.
	broken bool
	// listed is told after every list.
	listed func()
}

// run works until ctx ends.
func (f *feed) run(ctx context.Context) {
	wait := firstRetry
	for ctx.Err() == nil {
		begun := f.now()
		err := f.listAndWatch(ctx)
		if ctx.Err() != nil {
			return
		}
		if f.now().Sub(begun) > lastRetry {
			wait = firstRetry
		}
		f.log.Warn("watch of changes ended, listing again", "error", err)
		pause(ctx, wait)
		wait = min(2*wait, lastRetry)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (f *feed) listAndWatch(ctx context.Context) error {
	if err := f.list(ctx); err != nil {
		return err
	}
	f.listed()
	return f.watch(ctx)
}

// list reads all keys at one revision and tells what is new in them; the first time it only remembers them.
func (f *feed) list(ctx context.Context) error {
	listing, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	first := f.revision == 0
	seen := make(map[string]head, len(f.heads))
	var news []entry
	after, revision := "", int64(0)
	for {
		page, err := f.bus.List(listing, readmodel.Root, after, listPage, revision)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			after = item.Key
			before, known := f.heads[item.Key]
			now, frames := f.take(ctx, item, before, known, first)
			if now.version > 0 {
				seen[item.Key] = now
			}
			if len(frames) > 0 {
				news = append(news, entry{revision: item.ModRevision, frames: frames})
			}
		}
		if revision != 0 && page.ClusterID != f.cluster {
			return errHistory
		}
		if revision == 0 && (first || f.broken || page.ClusterID != f.cluster || page.Revision < f.revision) {
			f.ring.begin(page.ClusterID, page.Revision)
			f.broken = false
		}
		revision, f.cluster = page.Revision, page.ClusterID
		if !page.More || len(page.Items) == 0 {
			break
		}
	}
	slices.SortFunc(news, func(a, b entry) int { return int(a.revision - b.revision) })
	for _, e := range news {
		f.ring.add(e)
	}
	f.heads, f.revision = seen, revision
	f.ring.advance(revision)
	return nil
}

// watch adds what each batch brings until the watch ends, goes silent or shows another history.
func (f *feed) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := f.bus.Watch(ctx, readmodel.Root, f.revision+1)
	silence := time.NewTimer(etcdkv.SilenceLimit)
	defer silence.Stop()
	figures := time.NewTimer(batchTime)
	figures.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-silence.C:
			return failure.New(failure.Unavailable, "etcd_silent", "etcd has been silent for too long")
		case <-figures.C:
			f.flush()
		case got, open := <-batches:
			if !open {
				return etcdkv.ErrWatchEnded
			}
			if err := f.apply(ctx, got, figures); err != nil {
				return err
			}
			silence.Reset(etcdkv.SilenceLimit)
		}
	}
}

func (f *feed) apply(ctx context.Context, got etcdkv.Batch, figures *time.Timer) error {
	if got.Err != nil {
		return got.Err
	}
	if got.ClusterID != f.cluster || got.Revision < f.revision {
		f.broken = true
		return errHistory
	}
	for _, event := range got.Events {
		key := event.Item.Key
		if event.Deleted {
			delete(f.heads, key)
			continue
		}
		if strings.HasPrefix(key, readmodel.SamplesRoot) {
			f.gather(event.Item, figures)
			continue
		}
		before, known := f.heads[key]
		now, frames := f.take(ctx, event.Item, before, known, false)
		if now.version > 0 {
			f.heads[key] = now
		}
		f.ring.add(entry{revision: event.Item.ModRevision, frames: frames})
	}
	f.revision = got.Revision
	f.ring.advance(got.Revision)
	return nil
}

// take reads a key. What cannot be read is left out: a stream is a hint.
func (f *feed) take(ctx context.Context, item etcdkv.Item, before head, known, quiet bool) (head, []frame) {
	kind, id, ok := readmodel.ParseKey(item.Key)
	if !ok {
		return head{}, nil
	}
	t, err := read(kind, id, item, before, known)
	if err != nil {
		f.log.Warn("a change is not streamed", "key", item.Key, "error", err)
	}
	if quiet {
		return t.head, nil
	}
	if t.gap {
		return t.head, f.whole(ctx, kind, id)
	}
	return t.head, t.frames
}

// whole shows an aggregate as it is, where its changes cannot be told one by one.
func (f *feed) whole(ctx context.Context, kind readmodel.Kind, id string) []frame {
	shown, found, err := f.show(ctx, kind, id)
	if err != nil {
		f.log.Warn("an aggregate is not streamed", "kind", kind, "id", id, "error", err)
	}
	if err != nil || !found {
		return nil
	}
	return []frame{shown}
}

// gather keeps figures for the next batch.
func (f *feed) gather(item etcdkv.Item, timer *time.Timer) {
	made, err := metricsFrame(item.Value)
	if err != nil {
		f.log.Warn("figures are not streamed", "key", item.Key, "error", err)
		return
	}
	if len(f.figures.parts) == 0 {
		timer.Reset(batchTime)
	}
	if f.figures.add(made) {
		f.flush()
	}
}

func (f *feed) flush() {
	if len(f.figures.parts) == 0 {
		return
	}
	made, err := f.figures.cut(eventID(f.cluster, f.revision), f.now())
	if err != nil {
		f.log.Warn("figures are not streamed", "error", err)
		return
	}
	f.ring.add(entry{revision: f.revision, frames: []frame{made}})
}

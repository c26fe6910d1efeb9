package etcdkv

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// errHistoryChanged and errSilent are why a mirror lists again without an error of etcd.
var (
	errHistoryChanged = failure.New(failure.Unavailable, "etcd_history_changed", "etcd was wiped or restored")
	errSilent         = failure.New(failure.Unavailable, "etcd_silent", "etcd has been silent for too long")
)

// Run fills the mirror and keeps it current until ctx ends; then it returns nil.
func (m *Mirror) Run(ctx context.Context) error {
	wait := firstRetry
	for ctx.Err() == nil {
		begun := time.Now()
		err := m.listAndWatch(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(begun) > lastRetry {
			// It worked for a while: what ended it deserves a quick answer.
			wait = firstRetry
		}
		m.options.log.LogAttrs(ctx, logLevel(err), "etcd watch ended, listing again",
			slog.String("prefix", m.prefix), slog.Any("error", err), slog.Duration("wait", wait))
		pause(ctx, wait/2+rand.N(wait/2+1))
		wait = min(2*wait, lastRetry)
	}
	return nil
}

func logLevel(err error) slog.Level {
	if errors.Is(err, ErrCompacted) {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// listAndWatch runs one list and the watch that follows it. It returns why that ended.
func (m *Mirror) listAndWatch(ctx context.Context) error {
	items, revision, cluster, err := m.list(ctx)
	if err != nil {
		return err
	}
	changes := m.replace(items, revision, cluster)
	m.report(changes)
	if !m.Synced() {
		close(m.synced)
	}
	return m.watch(ctx, revision+1)
}

// list reads all pages at one revision.
func (m *Mirror) list(ctx context.Context) (items map[string]Item, revision int64, cluster uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	items = map[string]Item{}
	after := ""
	for {
		page, err := m.store.List(ctx, m.prefix, after, m.options.pageSize, revision)
		if err != nil {
			return nil, 0, 0, err
		}
		for _, item := range page.Items {
			items[item.Key] = item
			after = item.Key
		}
		if cluster != 0 && page.ClusterID != cluster {
			return nil, 0, 0, errHistoryChanged
		}
		revision, cluster = page.Revision, page.ClusterID
		if !page.More || len(page.Items) == 0 {
			return items, revision, cluster, nil
		}
	}
}

// watch applies batches until the watch ends, goes silent or shows another history.
func (m *Mirror) watch(ctx context.Context, from int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := m.store.Watch(ctx, m.prefix, from)
	silence := time.NewTimer(SilenceLimit)
	defer silence.Stop()
	verify := time.NewTicker(ProgressInterval)
	defer verify.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-silence.C:
			return errSilent
		case <-verify.C:
			if err := m.verify(ctx); err != nil {
				return err
			}
		case batch, open := <-batches:
			if !open {
				return ErrWatchEnded
			}
			if batch.Err != nil {
				return batch.Err
			}
			changes, ok := m.apply(batch)
			if !ok {
				return errHistoryChanged
			}
			m.report(changes)
			silence.Reset(SilenceLimit)
		}
	}
}

func (m *Mirror) report(changes []Change) {
	for _, change := range changes {
		m.onChange(change)
	}
}

package projection

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

const (
	// CompareEvery is how often all keys are compared, besides at the start of a term.
	CompareEvery = 10 * time.Minute
	// wipeEvery is how often etcd is asked whether it is still the one that was compared.
	wipeEvery = 2 * time.Second
	// wipeTimeout bounds that question.
	wipeTimeout = 5 * time.Second
)

// identity tells one history of etcd from another.
type identity struct {
	cluster  uint64
	revision int64
}

// Keep compares at once, every CompareEvery, and whenever etcd was wiped or restored, until ctx ends. The leading replica
// runs it.
func (p *Projection) Keep(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(wipeEvery)
	defer ticker.Stop()
	var compared time.Time
	var known identity
	for {
		now, err := p.identify(ctx)
		switch {
		case err != nil:
			// Whatever comes back may be another etcd; the identity tells.
		case compared.IsZero(), time.Since(compared) >= CompareEvery, now.cluster != known.cluster, now.revision < known.revision:
			if known, err = p.compareAt(ctx, now); err == nil {
				compared = time.Now()
			}
		default:
			known = now
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("read models not compared with the store", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// compareAt compares and tells what etcd was afterwards: the puts have raised its revision, and one below that is a sign that
// it was wiped.
func (p *Projection) compareAt(ctx context.Context, before identity) (identity, error) {
	if err := p.Compare(ctx); err != nil {
		return before, err
	}
	after, err := p.identify(ctx)
	if err == nil && after.cluster != before.cluster {
		err = fmt.Errorf("etcd became another cluster during the comparison")
	}
	return after, err
}

func (p *Projection) identify(ctx context.Context) (identity, error) {
	ctx, cancel := context.WithTimeout(ctx, wipeTimeout)
	defer cancel()
	page, err := p.keys.List(ctx, readmodel.Root, "", 1, 0)
	if err != nil {
		return identity{}, fmt.Errorf("ask etcd: %w", err)
	}
	return identity{cluster: page.ClusterID, revision: page.Revision}, nil
}

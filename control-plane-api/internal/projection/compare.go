package projection

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// comparePage is how many documents or keys are read at a time, compareWorkers how many are put right at once.
	comparePage    = 200
	compareWorkers = 16
)

// seen is what a list of etcd shows of a key.
type seen struct {
	head
	modRevision int64
}

// Compare puts all keys right: a missing or older one is put, one of nothing in the store is removed, so is one that has
// been settled for long. A newer one is read again, since it may have been put after the list; if it is still newer, the
// store was restored, and it is replaced and counted. Only the leading replica compares.
func (p *Projection) Compare(ctx context.Context) error {
	keys, err := p.listKeys(ctx)
	if err != nil {
		return err
	}
	for _, kind := range p.kinds {
		if err := p.compareKind(ctx, kind, keys); err != nil {
			return fmt.Errorf("compare %s: %w", kind.Name, err)
		}
	}
	if err := p.removeUnknown(ctx, keys); err != nil {
		return err
	}
	p.Stats.Compared.Add(1)
	return nil
}

// listKeys reads the heads of all keys at one revision.
func (p *Projection) listKeys(ctx context.Context) (map[string]seen, error) {
	keys := map[string]seen{}
	after, revision := "", int64(0)
	for {
		page, err := p.keys.List(ctx, readmodel.Root, after, comparePage, revision)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		for _, item := range page.Items {
			keys[item.Key] = seen{head: headOf(item.Value), modRevision: item.ModRevision}
			after = item.Key
		}
		if !page.More || len(page.Items) == 0 {
			return keys, nil
		}
		revision = page.Revision
	}
}

// compareKind walks the documents of a kind and takes their keys out of the map.
func (p *Projection) compareKind(ctx context.Context, kind repo.Stored, keys map[string]seen) error {
	group, work := errgroup.WithContext(ctx)
	group.SetLimit(compareWorkers)
	err := store.Walk(work, p.engine, kind.Collection.Name, store.Query{Bare: true}, comparePage, func(d store.Document) error {
		key := readmodel.Key(kind.Name, d.ID)
		there, found := keys[key]
		delete(keys, key)
		leaves, err := p.leaves(kind, d)
		if err != nil {
			return p.tolerate(err)
		}
		same := found && there.Epoch == p.epoch
		switch {
		case leaves && found:
			group.Go(func() error { return p.dropKey(work, key, there.modRevision) })
		case leaves, same && there.Version == d.Version:
		case same && there.Version > d.Version:
			group.Go(func() error { return p.judgeNewer(work, kind, d.ID, key) })
		default:
			group.Go(func() error { return p.putAgain(work, kind, d.ID) })
		}
		return nil
	})
	// The first failure ends the walk as well; it is the one to tell.
	if failed := group.Wait(); failed != nil {
		return failed
	}
	return err
}

func (p *Projection) leaves(kind repo.Stored, d store.Document) (bool, error) {
	if p.now().Sub(d.UpdatedAt) < SettledFor {
		return false, nil
	}
	_, settled, err := kind.Project(d)
	if err != nil {
		return false, fmt.Errorf("%w: %s %s: %w", errUnreadable, kind.Name, d.ID, err)
	}
	return settled, nil
}

// tolerate counts a document that cannot be projected, so that one does not keep the others from being compared.
func (p *Projection) tolerate(err error) error {
	if errors.Is(err, errUnreadable) {
		p.Stats.Unreadable.Add(1)
		return nil
	}
	return err
}

// putAgain puts a document whose key is missing or older.
func (p *Projection) putAgain(ctx context.Context, kind repo.Stored, id string) error {
	d, err := p.engine.Get(ctx, kind.Collection.Name, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := p.Put(ctx, kind.Name, d); err != nil {
		return p.tolerate(err)
	}
	p.Stats.Put.Add(1)
	return nil
}

// judgeNewer replaces a key that is ahead of the store. The key is read before the document: one that was put for a newer
// document finds that document here.
func (p *Projection) judgeNewer(ctx context.Context, kind repo.Stored, id, key string) error {
	item, found, err := p.keys.Get(ctx, key)
	if err != nil || !found {
		return err
	}
	d, err := p.engine.Get(ctx, kind.Collection.Name, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if h := headOf(item.Value); h.Epoch != p.epoch || h.Version <= d.Version {
		return nil
	}
	value, _, err := p.envelope(kind, d)
	if err != nil {
		return p.tolerate(err)
	}
	_, replaced, err := p.keys.PutIf(ctx, key, value, item.ModRevision)
	if replaced {
		p.Stats.Newer.Add(1)
	}
	return err
}

// removeUnknown removes keys of aggregates that are not in the store. Their ids are looked up once more, since an aggregate
// may have been created after its page was read. Keys of other writers' kinds, such as samples, are left alone.
func (p *Projection) removeUnknown(ctx context.Context, keys map[string]seen) error {
	for key, there := range keys {
		kind, id, ok := readmodel.ParseKey(key)
		stored, known := p.kinds[kind]
		if strings.HasPrefix(key, SamplesRoot) {
			continue
		}
		if ok && known {
			_, err := p.engine.Get(ctx, stored.Collection.Name, id)
			if err == nil {
				continue
			}
			if !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("look up %s: %w", key, err)
			}
		}
		if err := p.dropKey(ctx, key, there.modRevision); err != nil {
			return err
		}
	}
	return nil
}

// SamplesRoot is the prefix of figures, which are not state and are not compared.
const SamplesRoot = readmodel.Root + "samples/"

func (p *Projection) dropKey(ctx context.Context, key string, modRevision int64) error {
	removed, err := p.keys.DeleteIf(ctx, key, modRevision)
	if err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	if removed {
		p.Stats.Removed.Add(1)
	}
	return nil
}

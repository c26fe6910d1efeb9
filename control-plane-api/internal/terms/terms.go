// Package terms names leaders. etcd says which replica of a service leads; the store counts terms, so that they rise even
// when etcd is wiped, and says which term may write.
package terms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the counters: one document per service, whose version is the term.
const Name = "terms"

// Collection declares Name.
func Collection() store.Collection { return store.Collection{Name: Name} }

// The codes of a refused term.
const (
	CodeNotLeader       = "not_leader"
	CodeEtcdUnavailable = "etcd_unavailable"
)

// Engine is the part of a store that counts.
type Engine interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Insert(ctx context.Context, collection string, d store.Document) error
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
}

// Elections is the part of etcd that shows who campaigns. Its lists are linearizable.
type Elections interface {
	List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error)
}

// Terms issues terms and tells the current ones. It is safe for concurrent use, also by several replicas.
type Terms struct {
	engine    Engine
	elections Elections
	now       func() time.Time
}

// New makes the register of terms.
func New(engine Engine, elections Elections, now func() time.Time) *Terms {
	return &Terms{engine: engine, elections: elections, now: now}
}

// holder is kept with a term for people who look.
type holder struct {
	Key            string    `json:"key"`
	CreateRevision int64     `json:"create_revision"`
	At             time.Time `json:"at"`
}

// issueTries bounds how often a lost race is run again.
const issueTries = 10

// Current tells the term that was issued last to a service, 0 when none was. It reads the store each time.
func (t *Terms) Current(ctx context.Context, service string) (int64, error) {
	d, err := t.engine.Get(ctx, Name, service)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, storeDown(err)
	}
	return d.Version, nil
}

// IssueTerm raises the term of a service for the replica whose election key is the oldest in etcd. The counter is read
// before etcd: if another replica is named meanwhile, the counter has moved and all is looked at again.
//
// failure.Conflict "not_leader" when the key is not the oldest, failure.Unavailable "etcd_unavailable" when etcd does not
// answer, and when the store does not.
func (t *Terms) IssueTerm(ctx context.Context, service, key string, createRevision int64) (int64, error) {
	for range issueTries {
		current, err := t.Current(ctx, service)
		if err != nil {
			return 0, err
		}
		if err := t.checkOldest(ctx, service, key, createRevision); err != nil {
			return 0, err
		}
		err = t.raise(ctx, service, current, holder{Key: key, CreateRevision: createRevision, At: t.now().UTC()})
		if err == nil {
			return current + 1, nil
		}
		if !lostRace(err) || ctx.Err() != nil {
			return 0, storeDown(err)
		}
	}
	return 0, failure.New(failure.Unavailable, "term_contention", "too many ask for a term of %s at once", service)
}

// raise moves the counter from current to the next term. After an unknown outcome the number may be ours, but nobody has
// been told of it: the next one is as good.
func (t *Terms) raise(ctx context.Context, service string, current int64, h holder) error {
	state, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("term: %w", err)
	}
	d := store.Document{ID: service, Schema: 1, Version: current + 1, State: state, CreatedAt: h.At, UpdatedAt: h.At}
	if current == 0 {
		return t.engine.Insert(ctx, Name, d)
	}
	return t.engine.Replace(ctx, Name, d, current)
}

func lostRace(err error) bool {
	return errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrUnknown)
}

// electionPage is how many keys are read at a time; an election has one per replica.
const electionPage = 100

func (t *Terms) checkOldest(ctx context.Context, service, key string, createRevision int64) error {
	prefix := readmodel.LeaderRoot + service + "/"
	var oldest etcdkv.Item
	after, revision := "", int64(0)
	for {
		page, err := t.elections.List(ctx, prefix, after, electionPage, revision)
		if err != nil {
			return failure.Wrap(err, failure.Unavailable, CodeEtcdUnavailable, "etcd does not say who leads %s", service)
		}
		for _, item := range page.Items {
			if oldest.Key == "" || item.CreateRevision < oldest.CreateRevision {
				oldest = item
			}
			after = item.Key
		}
		if !page.More || len(page.Items) == 0 {
			break
		}
		revision = page.Revision
	}
	if oldest.Key != key || oldest.CreateRevision != createRevision {
		return failure.New(failure.Conflict, CodeNotLeader, "another replica of %s leads, or none", service)
	}
	return nil
}

func storeDown(err error) error {
	return failure.Wrap(err, failure.Unavailable, "store_unavailable", "the store does not answer; try again")
}

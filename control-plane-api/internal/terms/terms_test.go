package terms_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const service = "resource-scheduler"

type candidate struct {
	key      string
	revision int64
	term     int64
}

type bench struct {
	engine *storetest.FaultyEngine
	kv     *memkv.Store
	terms  *terms.Terms
	joined int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	engine := storetest.Faulty(storetest.New(t, append(repotest.Collections(), terms.Collection())...), nil)
	kv := memkv.New()
	return &bench{engine: engine, kv: kv, terms: terms.New(engine, kv, time.Now)}
}

func (b *bench) join(t require.TestingT) *candidate {
	b.joined++
	// Keys sort otherwise than they were made: age is the create revision.
	c := &candidate{key: fmt.Sprintf("%s%s/%03d", readmodel.LeaderRoot, service, 999-b.joined)}
	ctx := contextOf(t)
	revision, ok, err := b.kv.PutIf(ctx, c.key, []byte("id"), 0)
	require.NoError(t, err)
	require.True(t, ok)
	c.revision = revision
	return c
}

func TestOnlyTheOldestKeyIsGivenATerm(t *testing.T) {
	b := newBench(t)
	first, second := b.join(t), b.join(t)
	term, err := b.terms.IssueTerm(t.Context(), service, first.key, first.revision)
	require.NoError(t, err)
	require.EqualValues(t, 1, term)
	refusals := map[string]candidate{
		"younger key":                     *second,
		"key of another session":          {key: first.key, revision: first.revision + 1},
		"key that is not there":           {key: readmodel.LeaderRoot + service + "/none", revision: 1},
		"oldest key of another service":   {key: readmodel.LeaderRoot + "other/1", revision: 1},
		"right revision with another key": {key: second.key, revision: first.revision},
	}
	for name, c := range refusals {
		_, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
		require.Equal(t, "not_leader", failure.CodeOf(err), name)
		require.True(t, failure.Is(err, failure.Conflict), name)
	}
	current, err := b.terms.Current(t.Context(), service)
	require.NoError(t, err)
	require.EqualValues(t, 1, current, "refusals do not count")
}

func TestNoTermWithoutEtcdOrStore(t *testing.T) {
	b := newBench(t)
	c := b.join(t)
	b.kv.SetDown(true)
	_, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.Equal(t, "etcd_unavailable", failure.CodeOf(err))
	b.kv.SetDown(false)
	b.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	_, err = b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.True(t, failure.Is(err, failure.Unavailable))
	_, err = b.terms.Current(t.Context(), service)
	require.True(t, failure.Is(err, failure.Unavailable), "a store that is away is not term 0")
}

func TestTermsRiseThroughLostAnswersAndAWipedEtcd(t *testing.T) {
	b := newBench(t)
	c := b.join(t)
	_, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.NoError(t, err)
	b.engine.SetHook(storetest.OnCall(storetest.Replace, 1, storetest.Fault{Lose: store.ErrUnknown}))
	term, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.NoError(t, err)
	require.EqualValues(t, 3, term, "nobody holds the term whose answer was lost")
	b.kv.Wipe(true)
	c = b.join(t)
	term, err = b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.NoError(t, err)
	require.EqualValues(t, 4, term)
}

func TestARestoredStoreIssuesNoTermTwice(t *testing.T) {
	b := newBench(t)
	c := b.join(t)
	old, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.NoError(t, err)
	require.NoError(t, terms.Leap(t.Context(), b.engine))
	current, err := b.terms.Current(t.Context(), service)
	require.NoError(t, err)
	require.Greater(t, current, old+1000, "terms that were issued after the backup are passed over")
	next, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
	require.NoError(t, err)
	require.Equal(t, current+1, next)
}

func TestConcurrentTermsAreAllDifferent(t *testing.T) {
	b := newBench(t)
	c := b.join(t)
	var mu sync.Mutex
	given := map[int64]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				if term, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision); err == nil {
					mu.Lock()
					given[term]++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	require.NotEmpty(t, given)
	for term, times := range given {
		require.Equal(t, 1, times, "term %d", term)
	}
}

// Whatever replicas come, die, ask for terms and write: a write is taken only from the newest term, also while two of them
// believe that they lead.
func TestAStaleTermNeverWrites(t *testing.T) {
	b := newBench(t)
	things := repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Terms: b.terms})
	_, err := things.Create(t.Context(), repotest.New("a", "a"))
	require.NoError(t, err)
	var newest int64
	var alive, all []*candidate
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "step") {
			case 0:
				c := b.join(rt)
				alive, all = append(alive, c), append(all, c)
			case 1:
				if len(alive) > 0 {
					require.NoError(rt, b.kv.Delete(t.Context(), alive[0].key))
					alive = alive[1:]
				}
			case 2:
				if len(all) == 0 {
					continue
				}
				c := all[len(all)-1-rapid.IntRange(0, min(len(all), 4)-1).Draw(rt, "asks")]
				term, err := b.terms.IssueTerm(t.Context(), service, c.key, c.revision)
				require.Equal(rt, len(alive) > 0 && alive[0] == c, err == nil, "the oldest living key, and no other")
				if err == nil {
					require.Equal(rt, newest+1, term)
					c.term, newest = term, term
				}
			default:
				if len(all) == 0 {
					continue
				}
				c := all[len(all)-1-rapid.IntRange(0, min(len(all), 4)-1).Draw(rt, "writes")]
				ctx := call.With(t.Context(), call.Call{Actor: service, Term: &api.Term{Service: service, Term: c.term}})
				_, _, err := things.Update(ctx, "a", func(t *repotest.Thing) error { t.Remark("x"); t.Parts = nil; return nil })
				require.Equal(rt, c.term == newest, err == nil, "term %d of %d", c.term, newest)
				if err != nil {
					require.True(rt, failure.Is(err, failure.StaleTerm))
				}
			}
		}
	})
}

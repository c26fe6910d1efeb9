package storetest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// benchDocuments is how many documents of about 2 KB the benchmarks work among.
const benchDocuments = 10_000

// Bench measures an engine: get, replace, mark, insert, and finding 100 of 10,000 documents.
func Bench(b *testing.B, s Suite) {
	e, err := s.Open(b.Context(), s.Fresh(b))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, e.Close()) })
	ctx := b.Context()
	for i := range benchDocuments {
		require.NoError(b, e.Insert(ctx, things, benchDocument(i)))
	}
	b.Run("get", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, err := e.Get(ctx, things, benchID(i*7919%benchDocuments))
			require.NoError(b, err)
		}
	})
	b.Run("replace", func(b *testing.B) { benchReplace(ctx, b, e) })
	b.Run("mark", func(b *testing.B) {
		d, err := e.Get(ctx, things, benchID(2))
		require.NoError(b, err)
		for i := int64(1); b.Loop(); i++ { // another value each time, or the engine has nothing to write
			require.NoError(b, e.Mark(ctx, things, d.ID, d.Version, i, i, i%2 == 0))
		}
	})
	b.Run("find 100 of 10000", func(b *testing.B) {
		q := store.Query{Equal: map[string][]string{"color": {"c7"}}, Sort: "color", Limit: 100}
		for b.Loop() {
			found, err := e.Find(ctx, things, q)
			require.NoError(b, err)
			require.Len(b, found, 100)
		}
	})
	b.Run("insert by 64 at once", func(b *testing.B) { benchTogether(ctx, b, e) })
	b.Run("insert", func(b *testing.B) {
		run := time.Now().UnixNano()
		for i := 0; b.Loop(); i++ {
			d := benchDocument(i)
			d.ID = fmt.Sprintf("new-%d-%d", run, i)
			require.NoError(b, e.Insert(ctx, others, store.Document{ID: d.ID, Version: 1, State: d.State, Changes: d.Changes}))
		}
	})
}

// benchTogether inserts from many goroutines: writes that wait together may share what they cost.
func benchTogether(ctx context.Context, b *testing.B, e store.Engine) {
	const writers = 64
	run := time.Now().UnixNano()
	var inserted atomic.Int64
	b.SetParallelism(max(1, writers/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := int(inserted.Add(1))
			d := benchDocument(n)
			if err := e.Insert(ctx, others, store.Document{ID: fmt.Sprintf("together-%d-%d", run, n), Version: 1, State: d.State, Changes: d.Changes}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func benchReplace(ctx context.Context, b *testing.B, e store.Engine) {
	d, err := e.Get(ctx, things, benchID(1))
	require.NoError(b, err)
	for b.Loop() {
		version := d.Version
		d.Version++
		require.NoError(b, e.Replace(ctx, things, d, version))
	}
}

func benchID(i int) string { return fmt.Sprintf("bench-%05d", i) }

func benchDocument(i int) store.Document {
	d := small(benchID(i))
	d.State = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 1800))
	d.Index = map[string]string{"color": fmt.Sprintf("c%d", i%100), "name": d.ID, "rank": fmt.Sprint(i % 10)}
	return d
}

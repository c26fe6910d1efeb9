package wire_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/mongo"
)

// deadline bounds one test.
func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// openWith opens a store whose collection "things" has the fields. It is closed with the test.
func openWith(ctx context.Context, t testing.TB, url string, fields ...string) (store.Engine, error) {
	e, err := store.Open(ctx, url, []store.Collection{{Name: "things", Fields: fields}}, mongo.Driver())
	if err == nil {
		t.Cleanup(func() { require.NoError(t, e.Close()) })
	}
	return e, err
}

func mustOpen(ctx context.Context, t testing.TB, url string, fields ...string) store.Engine {
	t.Helper()
	e, err := openWith(ctx, t, url, fields...)
	require.NoError(t, err)
	return e
}

func testLayouts(t *testing.T, url string) {
	ctx := deadline(t)
	first, err := mustOpen(ctx, t, url).Meta(ctx)
	require.NoError(t, err)
	require.Equal(t, "1.0", first.Layout)
	meta := raw(t, url).Collection("_lcm")
	for _, c := range []struct {
		reason   string
		stored   int64
		want     string
		refusals error
	}{
		{"an older minor is raised", 999, "1.0", nil},
		{"a newer minor only adds", 1007, "1.7", nil},
		{"a newer major", 2000, "", store.ErrUnsupported},
	} {
		_, err := meta.UpdateOne(ctx, bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "layout", Value: c.stored}}}})
		require.NoError(t, err)
		e, err := openWith(ctx, t, url)
		if c.refusals != nil {
			require.ErrorIs(t, err, c.refusals, c.reason)
			continue
		}
		require.NoError(t, err, c.reason)
		got, err := e.Meta(ctx)
		require.NoError(t, err)
		require.Equal(t, store.Meta{Epoch: first.Epoch, Layout: c.want, CreatedAt: first.CreatedAt}, got, c.reason)
	}
}

func testForeign(t *testing.T, url string) {
	ctx, database := deadline(t), raw(t, url)
	_, err := database.Collection("theirs").InsertOne(ctx, bson.D{{Key: "_id", Value: 1}})
	require.NoError(t, err)
	mustOpen(ctx, t, url) // collections of other names are no harm
	require.NoError(t, database.Drop(ctx))

	_, err = database.Collection("things").InsertOne(ctx, bson.D{{Key: "_id", Value: 1}})
	require.NoError(t, err)
	_, err = openWith(ctx, t, url)
	require.ErrorIs(t, err, store.ErrUnsupported)
	names, err := database.ListCollectionNames(ctx, bson.D{})
	require.NoError(t, err)
	require.Equal(t, []string{"things"}, names, "another program's database is left alone")
}

func testEmptied(t *testing.T, url string) {
	ctx, e := deadline(t), mustOpen(deadline(t), t, url)
	require.NoError(t, e.Ping(ctx))
	require.NoError(t, raw(t, url).Drop(ctx))
	require.ErrorIs(t, e.Ping(ctx), store.ErrUnavailable, "gone")
	mustOpen(ctx, t, url)
	require.ErrorIs(t, e.Ping(ctx), store.ErrUnavailable, "another store in the same place")
}

// testFields: releases with different fields share a database.
func testFields(t *testing.T, url string) {
	ctx := deadline(t)
	document := func(id string, index map[string]string) store.Document {
		return store.Document{ID: id, Version: 1, Index: index}
	}
	red := map[string]string{"color": "red"}
	older := mustOpen(ctx, t, url, "color")
	require.NoError(t, older.Insert(ctx, "things", document("a", red)))
	newer := mustOpen(ctx, t, url, "size", "color")
	require.NoError(t, newer.Insert(ctx, "things", document("b", map[string]string{"color": "red", "size": "L"})))
	require.NoError(t, older.Insert(ctx, "things", document("c", red)))

	ids := func(q store.Query) (out []string) {
		found, err := newer.Find(ctx, "things", q)
		require.NoError(t, err)
		for _, d := range found {
			out = append(out, d.ID)
		}
		return out
	}
	require.Equal(t, []string{"b"}, ids(store.Query{Equal: map[string][]string{"size": {"L"}}}))
	require.Equal(t, []string{"a", "c"}, ids(store.Query{Equal: map[string][]string{"size": {""}}}), "without the field is like empty")
	require.Equal(t, []string{"a", "b", "c"}, ids(store.Query{Equal: map[string][]string{"color": {"red"}}}))
	require.Equal(t, []string{"a", "b"}, ids(store.Query{From: map[string]string{"size": ""}}), "opening gave the field to what was there before")

	b, err := older.Get(ctx, "things", "b")
	require.NoError(t, err)
	require.Equal(t, red, b.Index, "an undeclared field isn't seen")
	require.NoError(t, older.Replace(ctx, "things", store.Document{ID: "b", Version: 2, Index: red}, 1))
	require.Equal(t, []string{"b"}, ids(store.Query{Equal: map[string][]string{"size": {"L"}}}), "nor written")
}

// testOpenTogether: replicas that start on an empty database make one store.
func testOpenTogether(t *testing.T, url string) {
	ctx := deadline(t)
	const replicas = 4
	var wg sync.WaitGroup
	engines, errs := make([]store.Engine, replicas), make([]error, replicas)
	for i := range replicas {
		wg.Go(func() { engines[i], errs[i] = openWith(ctx, t, url, "color") })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	epochs := map[string]bool{}
	for _, e := range engines {
		meta, err := e.Meta(ctx)
		require.NoError(t, err)
		require.NoError(t, e.Ping(ctx))
		epochs[meta.Epoch] = true
	}
	require.Len(t, epochs, 1)
}

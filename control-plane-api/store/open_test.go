package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// nothing is an engine that Open may return.
type nothing struct{ store.Engine }

func TestOpen(t *testing.T) {
	broken := errors.New("broken")
	var gotURL string
	good := store.Driver{Schemes: []string{"good", "better"}, Open: func(_ context.Context, url string, c store.Catalog) (store.Engine, error) {
		gotURL = url
		_, err := c.Get("things")
		return nothing{}, err
	}}
	bad := store.Driver{Schemes: []string{"bad"}, Open: func(context.Context, string, store.Catalog) (store.Engine, error) { return nil, broken }}
	collections := []store.Collection{{Name: "things", Fields: []string{"color"}}}
	for _, c := range []struct {
		reason, url string
		want        error
	}{
		{"first scheme", "good://x", nil},
		{"second scheme", "better://x", nil},
		{"the driver's error is kept", "bad://x", broken},
		{"no such engine", "mongodb://user:hunter2@host/db", store.ErrUnsupported},
		{"no URL", "hunter2", store.ErrInvalid},
		{"no scheme", "", store.ErrInvalid},
	} {
		e, err := store.Open(context.Background(), c.url, collections, good, bad)
		if c.want == nil {
			require.NoError(t, err, c.reason)
			require.NotNil(t, e)
			require.Equal(t, c.url, gotURL)
			continue
		}
		require.ErrorIs(t, err, c.want, c.reason)
		require.NotContains(t, err.Error(), "hunter2", "urls may hold a password")
	}
	_, err := store.Open(context.Background(), "mongodb://h", nil, good, bad)
	require.ErrorContains(t, err, "no MongoDB engine (it has: good, better, bad)")
}

func TestCatalogRefusesBadNames(t *testing.T) {
	for reason, collections := range map[string][]store.Collection{
		"upper case":     {{Name: "Things"}},
		"empty":          {{Name: ""}},
		"quote":          {{Name: `a"b`}},
		"too long":       {{Name: "a23456789012345678901234567890123456789012345678x"}},
		"twice":          {{Name: "a"}, {Name: "a"}},
		"field twice":    {{Name: "a", Fields: []string{"f", "f"}}},
		"field dotted":   {{Name: "a", Fields: []string{"f.g"}}},
		"reserved id":    {{Name: "a", Fields: []string{"id"}}},
		"reserved other": {{Name: "a", Fields: []string{store.ByCreatedAt}}},
	} {
		_, err := store.NewCatalog(collections)
		require.ErrorIs(t, err, store.ErrInvalid, reason)
	}
}

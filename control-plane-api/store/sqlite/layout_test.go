package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func exec(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec(statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		reason  string
		version int
		want    error
	}{
		{"ours", layoutMajor*minorsPerMajor + layoutMinor, nil},
		{"a newer minor only adds", layoutMajor*minorsPerMajor + layoutMinor + 7, nil},
		{"a newer major", (layoutMajor + 1) * minorsPerMajor, store.ErrUnsupported},
	} {
		path := filepath.Join(t.TempDir(), "store.db")
		require.NoError(t, openAt(t, URL(path)).Close())
		exec(t, path, fmt.Sprintf("PRAGMA user_version = %d", c.version))
		e, err := openWith(t, URL(path), "color")
		if c.want != nil {
			require.ErrorIs(t, err, c.want, c.reason)
			continue
		}
		require.NoError(t, err, c.reason)
		meta, err := e.Meta(t.Context())
		require.NoError(t, err)
		require.Equal(t, layoutName(c.version), meta.Layout, c.reason)
	}
}

func TestForeignFilesAreRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	exec(t, path, "CREATE TABLE theirs (x)")
	_, err := openWith(t, URL(path), "color")
	require.ErrorIs(t, err, store.ErrUnsupported)
	exec(t, path, "INSERT INTO theirs VALUES (1)")

	text := filepath.Join(t.TempDir(), "notes.txt")
	content := []byte("These notes are no database, and long enough not to be taken for a damaged header of one. Keep them.")
	require.NoError(t, os.WriteFile(text, content, 0o600))
	_, err = openWith(t, URL(text), "color")
	require.ErrorIs(t, err, store.ErrUnavailable)
	after, err := os.ReadFile(text)
	require.NoError(t, err)
	require.Equal(t, content, after)
}

// TestFieldsComeAndGo: releases with different fields share a file.
func TestFieldsComeAndGo(t *testing.T) {
	ctx, url := t.Context(), URL(filepath.Join(t.TempDir(), "store.db"))
	older := openAt(t, url)
	require.NoError(t, older.Insert(ctx, "things", store.Document{ID: "a", Version: 1, Index: map[string]string{"color": "red"}}))
	newer, err := openWith(t, url, "size", "color")
	require.NoError(t, err)
	require.NoError(t, newer.Insert(ctx, "things", store.Document{ID: "b", Version: 1, Index: map[string]string{"color": "red", "size": "L"}}))
	require.NoError(t, older.Insert(ctx, "things", store.Document{ID: "c", Version: 1, Index: map[string]string{"color": "red"}}))

	for field, want := range map[string][]string{"size": {"b"}, "color": {"a", "b", "c"}} {
		value := map[string]string{"size": "L", "color": "red"}[field]
		found, err := newer.Find(ctx, "things", store.Query{Equal: map[string][]string{field: {value}}})
		require.NoError(t, err)
		var ids []string
		for _, d := range found {
			ids = append(ids, d.ID)
		}
		require.Equal(t, want, ids)
	}
	b, err := older.Get(ctx, "things", "b")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"color": "red"}, b.Index, "an undeclared field isn't seen")
}

package sqlite

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func TestFilesAreTheOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a?b #%.db")
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	e := openAt(t, URL(path))
	require.NoError(t, e.Insert(t.Context(), "things", store.Document{ID: "a", Version: 1}))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		info, err := entry.Info()
		require.NoError(t, err)
		require.Equal(t, fileMode, info.Mode().Perm(), entry.Name())
		names = append(names, entry.Name())
	}
	require.Equal(t, []string{"a?b #%.db", "a?b #%.db-shm", "a?b #%.db-wal"}, names, "the path is taken literally, nothing is left over")
}

func TestDirectoryMustExist(t *testing.T) {
	_, err := openWith(t, URL(filepath.Join(t.TempDir(), "missing", "store.db")), "color")
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.ErrorContains(t, err, "does not exist")
	_, err = openWith(t, URL(t.TempDir()), "color")
	require.ErrorIs(t, err, store.ErrInvalid)
}

// TestStoreGone: SQLite would go on with a deleted file, and every write would be lost at the end of the process.
func TestStoreGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	e := openAt(t, URL(path))
	require.NoError(t, e.Ping(t.Context()))
	require.NoError(t, os.Rename(path, path+".away"))
	require.ErrorIs(t, e.Ping(t.Context()), store.ErrUnavailable)
	require.ErrorIs(t, e.Insert(t.Context(), "things", store.Document{ID: "a", Version: 1}), store.ErrUnavailable)
	require.NoError(t, os.WriteFile(path, nil, fileMode))
	require.ErrorContains(t, e.Ping(t.Context()), "replaced")
	require.ErrorIs(t, e.Insert(t.Context(), "things", store.Document{ID: "a", Version: 1}), store.ErrUnavailable)
	require.NoError(t, os.Rename(path+".away", path))
	require.NoError(t, e.Ping(t.Context()))
	require.NoError(t, e.Insert(t.Context(), "things", store.Document{ID: "a", Version: 1}), "back again")
}

func TestManyOpenANewFileAtOnce(t *testing.T) {
	url := URL(filepath.Join(t.TempDir(), "store.db"))
	const n = 8
	epochs := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			e, err := openWith(t, url, "color")
			if err != nil {
				epochs[i] = err.Error()
				return
			}
			meta, err := e.Meta(t.Context())
			if err != nil {
				epochs[i] = err.Error()
				return
			}
			epochs[i] = meta.Epoch
		})
	}
	wg.Wait()
	require.Len(t, epochs[0], 36)
	for _, epoch := range epochs {
		require.Equal(t, epochs[0], epoch)
	}
}

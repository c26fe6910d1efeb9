package s3

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOpenStoreAfterCutShort(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(dir, time.Now)
	require.NoError(t, err)
	require.NoError(t, s.CreateBucket(t.Context(), "packages"))
	_, err = s.PutObject(t.Context(), "packages", "a", nil, bytes.NewReader([]byte("xyz")), 3)
	require.NoError(t, err)

	tmp := filepath.Join(dir, "packages", ".tmp-1")
	require.NoError(t, os.WriteFile(tmp, []byte("half"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "half-made"), 0o750))
	again, err := openStore(dir, time.Now)
	require.NoError(t, err)
	require.Equal(t, []string{"packages"}, sortedKeys(again.buckets))
	require.Equal(t, []string{"a"}, sortedKeys(again.buckets["packages"].objects))
	require.NoFileExists(t, tmp)

	require.NoError(t, os.Truncate(s.path("packages", "a"), 10))
	_, err = openStore(dir, time.Now)
	require.Error(t, err, "a damaged object is reported, not served")
}

func TestStoreRefusesBucketNamesThatLeaveTheFolder(t *testing.T) {
	s, err := openStore(t.TempDir(), time.Now)
	require.NoError(t, err)
	for _, name := range []string{"..", "../x", "a/b", "", ".hidden"} {
		require.Error(t, s.CreateBucket(t.Context(), name), name)
	}
}

package plane

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysAreKeptOverRestarts(t *testing.T) {
	dir := t.TempDir()
	made, err := loadKeys(dir)
	require.NoError(t, err)
	again, err := loadKeys(dir)
	require.NoError(t, err)
	require.Equal(t, made, again, "a sealed token must stay readable")
	other, err := loadKeys(t.TempDir())
	require.NoError(t, err)
	require.NotEqual(t, made, other, "there are no default keys")

	info, err := os.Stat(filepath.Join(dir, "keys.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestEveryKeyIsLongAndItsOwn(t *testing.T) {
	k := newKeys()
	seen := map[string]bool{}
	check := func(key string, least int) {
		require.GreaterOrEqual(t, len(key), least)
		require.False(t, seen[key], "a key stands twice")
		seen[key] = true
	}
	check(k.Secret, 32)
	check(k.Etcd["root"], 32)
	for _, service := range Services() {
		check(k.API[service], 32)
		check(k.Etcd[service], 32)
	}
	check(k.Licenses["personal"], 20)
	check(k.Licenses["enterprise"], 20)
}

func TestDamagedKeysAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err := loadKeys(dir)
	require.Error(t, err, "new keys would lose what was sealed with the old ones")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "{", string(content))
}

package kit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDiskKeepsDocuments(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDisk(dir)
	require.NoError(t, err)
	sub, err := d.Sub("ec2")
	require.NoError(t, err)
	require.NoError(t, sub.Save("state", map[string]int{"a": 1}))
	require.NoError(t, sub.Save("state", map[string]int{"a": 2}))

	again, err := OpenDisk(filepath.Join(dir, "ec2"))
	require.NoError(t, err)
	var got map[string]int
	found, err := again.Load("state", &got)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, map[string]int{"a": 2}, got)

	entries, err := os.ReadDir(sub.Dir())
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")
}

func TestDiskLoadReportsMissingAndBroken(t *testing.T) {
	d, err := OpenDisk(t.TempDir())
	require.NoError(t, err)
	var got int
	found, err := d.Load("none", &got)
	require.NoError(t, err)
	require.False(t, found)

	require.NoError(t, os.WriteFile(filepath.Join(d.Dir(), "bad.json"), []byte("{"), 0o600))
	_, err = d.Load("bad", &got)
	require.ErrorContains(t, err, "bad")
}

func TestDiskRefusesNamesThatLeaveTheFolder(t *testing.T) {
	for _, name := range []string{"", ".", "..", "../x", "a/b", ".hidden", "a\x00"} {
		for _, dir := range []string{"", t.TempDir()} {
			d, err := OpenDisk(dir)
			require.NoError(t, err)
			require.ErrorIs(t, d.Save(name, 1), ErrBadName)
			_, err = d.Load(name, new(int))
			require.ErrorIs(t, err, ErrBadName)
			_, err = d.Sub(name)
			require.ErrorIs(t, err, ErrBadName)
		}
	}
}

func TestDiskSaveKeepsFormerDocumentOnError(t *testing.T) {
	d, err := OpenDisk(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, d.Save("state", 1))
	require.Error(t, d.Save("state", func() {}))
	var got int
	_, err = d.Load("state", &got)
	require.NoError(t, err)
	require.Equal(t, 1, got)
}

func TestDiskWithoutFolderKeepsNothing(t *testing.T) {
	d, err := OpenDisk("")
	require.NoError(t, err)
	require.NoError(t, d.Save("state", 1))
	found, err := d.Load("state", new(int))
	require.NoError(t, err)
	require.False(t, found)
}

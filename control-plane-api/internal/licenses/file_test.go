package licenses

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

const good = `
- name: pool
  type: enterprise
  token: token-of-the-pool
  seats: 4
- name: lab
  type: personal
  token: token-of-the-lab
  seats: 1
`

func TestEntriesAreFoundByNameThenByType(t *testing.T) {
	f, err := Parse([]byte(good))
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		kind   resource.LicenseType
		want   string
		reason string
	}{
		{"pool", resource.LicensePersonal, "pool", "a template that names a licence means that one"},
		{"", resource.LicensePersonal, "lab", "without a name the type counts"},
		{"gone", resource.LicenseEnterprise, "", "a name that is not there is no other licence"},
		{"", resource.LicenseEvaluation, "", "no licence of the type"},
	} {
		entry, found := f.Entry(c.name, c.kind)
		require.Equal(t, c.want != "", found, c.reason)
		require.Equal(t, c.want, entry.Name, c.reason)
	}
	entry, _ := f.Entry("pool", "")
	require.Equal(t, "token-of-the-pool", entry.Token.Reveal())
	require.Equal(t, 4, entry.Seats)
}

func TestABadFileIsRefusedWithoutShowingATokenOfIt(t *testing.T) {
	for reason, content := range map[string]string{
		"no YAML":                       "- token: [token-of-the-pool",
		"no list":                       "token: token-of-the-pool",
		"a field of no meaning":         "- {name: a, type: personal, token: token-of-the-pool, seats: 1, key: x}",
		"a token in the place of seats": "- {name: a, type: personal, token: t, seats: token-of-the-pool}",
		"no such type":                  "- {name: a, type: token-of-the-pool, token: t, seats: 1}",
		"no type":                       "- {name: a, token: token-of-the-pool, seats: 1}",
		"no name":                       "- {type: personal, token: token-of-the-pool, seats: 1}",
		"no token":                      "- {name: token-of-the-pool, type: personal, seats: 1}",
		"no seat":                       "- {name: a, type: personal, token: token-of-the-pool, seats: 0}",
		"fewer seats than none":         "- {name: a, type: personal, token: token-of-the-pool, seats: -1}",
		"nothing":                       "",
	} {
		_, err := Parse([]byte(content))
		require.Error(t, err, reason)
		require.NotContains(t, err.Error(), "token-of-the-pool", reason)
	}
}

func TestTheFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "licenses.yaml")
	_, err := Read(path)
	require.ErrorIs(t, err, os.ErrNotExist, "a file that is configured must be there")
	require.NoError(t, os.WriteFile(path, []byte(good), 0o600))
	f, err := Read(path)
	require.NoError(t, err)
	_, found := f.Entry("lab", "")
	require.True(t, found)
}

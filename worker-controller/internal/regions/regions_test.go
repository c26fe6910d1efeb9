package regions

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

func TestParse(t *testing.T) {
	all, err := parse([]byte(`
regions:
  us-east-1:
    security_group_ids: [sg-1, sg-2]
    subnet_id: subnet-1
    key_name: ops
    default_tags: {Environment: dev}
  us-west-2: {security_group_ids: [sg-3], subnet_id: subnet-2}
`))
	require.NoError(t, err)
	require.Equal(t, map[string]worker.Region{
		"us-east-1": {SecurityGroupIDs: []string{"sg-1", "sg-2"}, SubnetID: "subnet-1", KeyName: "ops", DefaultTags: map[string]string{"Environment": "dev"}},
		"us-west-2": {SecurityGroupIDs: []string{"sg-3"}, SubnetID: "subnet-2"},
	}, all)
}

func TestParseTellsAllProblems(t *testing.T) {
	_, err := parse([]byte("regions: {a: {subnet_id: x}, b: {subnet_id: subnet-1, security_group_ids: [default]}}"))
	for _, want := range []string{`a: subnet_id "x"`, "a: security_group_ids is empty", `b: "default"`} {
		require.ErrorContains(t, err, want)
	}
	_, err = parse([]byte("regions: {a: {subnet: x}}"))
	require.ErrorContains(t, err, "subnet", "a misspelt key is not ignored")
}

func TestLoad(t *testing.T) {
	none, err := Load("")
	require.NoError(t, err)
	require.Empty(t, none)
	path := filepath.Join(t.TempDir(), "regions.yaml")
	_, err = Load(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("regions: {a: {subnet_id: subnet-1, security_group_ids: [sg-1]}}"), 0o600))
	all, err := Load(path)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NoError(t, os.WriteFile(path, make([]byte, maxFile+1), 0o600))
	_, err = Load(path)
	require.ErrorContains(t, err, "larger")
}

package topology

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sharedTopologies finds the real lab files beside the checkout, or skips the test.
func sharedTopologies(t testing.TB) map[string][]byte {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for range 8 {
		files, err := filepath.Glob(filepath.Join(dir, "..", "shared", "topologies", "*.yaml"))
		require.NoError(t, err)
		if len(files) > 0 {
			texts := make(map[string][]byte, len(files))
			for _, file := range files {
				texts[filepath.Base(file)], err = os.ReadFile(file)
				require.NoError(t, err)
			}
			return texts
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("no folder shared/topologies beside the checkout: the real lab files are not tested")
	return nil
}

const small = `lab: {version: 0.3.0, title: demo}
nodes:
  - {id: n0, label: R 1, x: 0, y: 0, node_definition: iol-xe, tags: ["serial:5041", core],
     interfaces: [{id: i0, type: physical, slot: 0, label: Ethernet0/0}]}
  - id: n1
    label: pc
    node_definition: ubuntu
    image_definition: ubuntu-24
    ram: 3000
    cpus: 2
    data_volume: 30
    tags:
      - vnc:5042 # the screen
      - 'ssh:'
      - "port:tcp:77"
      - pat:tcp:80:80
      - serial:4001:1
    interfaces:
      - id: i0
links:
  - {id: l0, n1: n0, i1: i0, n2: n1, i2: i0}
`

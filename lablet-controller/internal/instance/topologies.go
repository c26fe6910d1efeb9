package instance

import (
	"context"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/topology"
)

// maxTopologies is how many lab files are kept; each is at most 4 MiB.
const maxTopologies = 16

// topologies keeps lab files by their hash, so that a class of one lab fetches it once.
type topologies struct {
	api Questions

	mu     sync.Mutex
	byHash map[string][]byte
	order  []string
}

func newTopologies(api Questions) *topologies {
	return &topologies{api: api, byHash: map[string][]byte{}}
}

// get gives the lab file of a definition. It is shared: read it only.
func (t *topologies) get(ctx context.Context, d readmodel.Definition) ([]byte, error) {
	t.mu.Lock()
	text, ok := t.byHash[d.TopologyHash]
	t.mu.Unlock()
	if ok && d.TopologyHash != "" {
		return text, nil
	}
	fetched, err := t.api.DefinitionTopology(ctx, api.ID{ID: d.ID})
	if err != nil {
		return nil, err
	}
	text = []byte(fetched.YAML)
	if hash := topology.Hash(text); hash != fetched.Hash || (d.TopologyHash != "" && hash != d.TopologyHash) {
		return nil, failure.New(failure.Unavailable, "topology_mismatch", "The lab file that was fetched is not the definition's.")
	}
	t.keep(fetched.Hash, text)
	return text, nil
}

func (t *topologies) keep(hash string, text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.byHash[hash]; ok {
		return
	}
	if len(t.order) >= maxTopologies {
		delete(t.byHash, t.order[0])
		t.order = t.order[1:]
	}
	t.byHash[hash] = text
	t.order = append(t.order, hash)
}

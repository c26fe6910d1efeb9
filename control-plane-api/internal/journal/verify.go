package journal

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// verifyPage is how many entries Verify reads at a time.
const verifyPage = 200

// Verify checks the chain of an aggregate from its first entry on and tells how many it has. An error names the first
// version that is missing or does not carry the hash of the one before.
func (j *Journal) Verify(ctx context.Context, kind readmodel.Kind, id string) (int64, error) {
	var version int64
	hash := ""
	for {
		entries, err := j.Query(ctx, kind, id, version, verifyPage)
		if err != nil {
			return version, err
		}
		for _, entry := range entries {
			if entry.Version != version+1 {
				return version, fmt.Errorf("journal of %s/%s: version %d is missing", kind, id, version+1)
			}
			if entry.PrevHash != hash {
				return version, fmt.Errorf("journal of %s/%s: version %d does not follow the one before", kind, id, entry.Version)
			}
			version, hash = entry.Version, Hash(entry.Raw)
		}
		if len(entries) < verifyPage {
			return version, nil
		}
	}
}

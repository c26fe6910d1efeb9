package journal

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// verifyPage is how many entries Verify reads at a time.
const verifyPage = 200

// Chain is what Verify has checked of an aggregate.
type Chain struct {
	// First and Last are versions; both are 0 where there is no entry. Entries before First were removed by Trim.
	First, Last int64
	// Hash is that of the last entry: the next change of the aggregate carries it.
	Hash string
}

// Verify checks the chain of an aggregate from its first entry on and tells its last version. An error names the first
// version that is missing or does not carry the hash of the one before.
func (j *Journal) Verify(ctx context.Context, kind readmodel.Kind, id string) (int64, error) {
	chain, err := j.VerifyChain(ctx, kind, id)
	return chain.Last, err
}

// VerifyChain is Verify that tells more.
func (j *Journal) VerifyChain(ctx context.Context, kind readmodel.Kind, id string) (Chain, error) {
	var chain Chain
	start, err := j.beginning(ctx, kind, id)
	if err != nil {
		return chain, err
	}
	chain.Last, chain.Hash = start.Version, start.Hash
	for {
		entries, err := j.Query(ctx, kind, id, chain.Last, verifyPage)
		if err != nil {
			return chain, err
		}
		for _, entry := range entries {
			if entry.Version != chain.Last+1 {
				return chain, Broken{Kind: kind, ID: id, Version: chain.Last + 1, Missing: true}
			}
			if entry.PrevHash != chain.Hash {
				return chain, Broken{Kind: kind, ID: id, Version: entry.Version}
			}
			if chain.First == 0 {
				chain.First = entry.Version
			}
			chain.Last, chain.Hash = entry.Version, Hash(entry.Raw)
		}
		if len(entries) < verifyPage {
			return chain, nil
		}
	}
}

// beginning is where the chain starts: before its first change, unless that has been removed.
func (j *Journal) beginning(ctx context.Context, kind readmodel.Kind, id string) (checkpoint, error) {
	first, err := j.Query(ctx, kind, id, 0, 1)
	if err != nil || len(first) == 1 && first[0].Version == 1 {
		return checkpoint{}, err
	}
	return j.checkpoint(ctx, kind, id)
}

// Broken names the first place where a chain does not hold.
type Broken struct {
	Kind    readmodel.Kind
	ID      string
	Version int64
	// Missing tells that the version is not there; else it does not follow the one before, so that either was altered.
	Missing bool
}

// Error implements error.
func (b Broken) Error() string {
	if b.Missing {
		return fmt.Sprintf("journal of %s/%s: version %d is missing", b.Kind, b.ID, b.Version)
	}
	return fmt.Sprintf("journal of %s/%s: version %d does not follow the one before", b.Kind, b.ID, b.Version)
}

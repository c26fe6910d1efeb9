// Package records reads back the documents that a simulator kept, one per record.
package records

import (
	"fmt"
	"os"
	"strings"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const suffix = ".json"

// All loads every document of a folder that holds nothing but records of type
// T, in order of their names. A disk that keeps nothing has none.
func All[T any](disk *kit.Disk) ([]T, error) {
	if disk.Dir() == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(disk.Dir())
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	var all []T
	for _, e := range entries {
		name, isRecord := strings.CutSuffix(e.Name(), suffix)
		if e.IsDir() || !isRecord || strings.HasPrefix(name, ".") {
			continue
		}
		var record T
		found, err := disk.Load(name, &record)
		if err != nil {
			return nil, err
		}
		if found {
			all = append(all, record)
		}
	}
	return all, nil
}

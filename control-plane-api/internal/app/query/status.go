package query

import (
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// statuses reads a filter of statuses with commas between; without one it gives all that are not terminal, or nil for all.
func statuses[S ~string](text string, terminal bool, table lifecycle.Table[S], parse func(string) (S, error)) ([]string, error) {
	var wanted []string
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		status, err := parse(part)
		if err != nil {
			return nil, failure.Wrap(err, failure.Invalid, "bad_status", "%q is not a status", strings.TrimSpace(part))
		}
		wanted = append(wanted, string(status))
	}
	if len(wanted) > 0 || terminal {
		return wanted, nil
	}
	for _, status := range table.Statuses() {
		if !table.Terminal(status) {
			wanted = append(wanted, string(status))
		}
	}
	return wanted, nil
}

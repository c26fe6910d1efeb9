package parts

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// maxConditions is how many types of conditions one aggregate may carry.
const maxConditions = 32

// SetCondition puts a condition in the place of the one of its type and tells whether anything changed. Since is the
// API's: it stays while status and reason stay, and is now where they change.
func SetCondition(all *[]readmodel.Condition, c readmodel.Condition, now time.Time) (bool, error) {
	i := slices.IndexFunc(*all, func(have readmodel.Condition) bool { return have.Type == c.Type })
	if i < 0 {
		if len(*all) >= maxConditions {
			return false, failure.New(failure.Conflict, "too_many_conditions", "no more than %d types of conditions are kept", maxConditions)
		}
		c.Since = now
		*all = append(*all, c)
		return true, nil
	}
	have := (*all)[i]
	c.Since = now
	if have.Status == c.Status && have.Reason == c.Reason {
		c.Since = have.Since
	}
	if sameCondition(have, c) {
		return false, nil
	}
	(*all)[i] = c
	return true, nil
}

// ClearConditions removes all conditions but those of the types given.
func ClearConditions(all *[]readmodel.Condition, keep ...string) {
	*all = slices.DeleteFunc(*all, func(c readmodel.Condition) bool { return !slices.Contains(keep, c.Type) })
}

func sameCondition(a, b readmodel.Condition) bool {
	return a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message && a.Attempts == b.Attempts &&
		SameTime(a.NextTry, b.NextTry) && a.Position == b.Position && SameTime(a.ETA, b.ETA)
}

// SameTime compares two instants that may be missing.
func SameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

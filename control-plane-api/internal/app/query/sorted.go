package query

import (
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// byID is the order by id. Most ids are time-ordered, so that it is the order of creation; those of workers are not.
const byID = ""

// sorted puts what a list is asked to be sorted by into its filter. fields has the index field of each word of the contract. What
// is left out leaves the filter's own order; the edge refuses other words.
func sorted(filter *store.Query, fields map[string]string, sort, order string) {
	if field, known := fields[sort]; known {
		filter.Sort = field
	}
	if order != "" {
		filter.Desc = order == "desc"
	}
}

// cursorBy is the position of a row in a list that is sorted by an index field, or by id. Rows that are equal there have the order
// of their ids, so that a cursor means the same row however many are added or removed in between.
func cursorBy[T any](kind repo.Kind[T], field string) func(repo.Loaded[T]) store.Cursor {
	return func(l repo.Loaded[T]) store.Cursor {
		cursor := store.Cursor{ID: kind.Root(l.Value).ID}
		switch field {
		case byID:
		case store.ByCreatedAt:
			cursor.Value = store.FormatTime(l.CreatedAt)
		default:
			_, index := kind.Index(l.Value)
			cursor.Value = index[field]
		}
		return cursor
	}
}

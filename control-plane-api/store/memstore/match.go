package memstore

import (
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// condition turns a checked query into a test of one document.
func condition(q store.Query) (func(store.Document) bool, error) {
	from, err := bounds(q.From)
	if err != nil {
		return nil, err
	}
	until, err := bounds(q.Until)
	if err != nil {
		return nil, err
	}
	return func(d store.Document) bool {
		return marked(q, d) && fields(q, d) &&
			within(from, d, func(value, bound string) bool { return value >= bound }) &&
			within(until, d, func(value, bound string) bool { return value < bound })
	}, nil
}

// marked tests what is no field.
func marked(q store.Query, d store.Document) bool {
	if q.Dirty != nil && d.Dirty != *q.Dirty {
		return false
	}
	if q.IDs != nil && !slices.Contains(q.IDs, d.ID) {
		return false
	}
	return q.ExpiredBefore == nil || d.ExpiresAt != nil && d.ExpiresAt.Before(millisecond(*q.ExpiredBefore))
}

func fields(q store.Query, d store.Document) bool {
	for field, values := range q.Equal {
		if !slices.Contains(values, d.Index[field]) {
			return false
		}
	}
	for field, text := range q.Contains {
		if !strings.Contains(strings.ToLower(d.Index[field]), strings.ToLower(text)) {
			return false
		}
	}
	return true
}

func within(bounds map[string]string, d store.Document, holds func(value, bound string) bool) bool {
	for field, bound := range bounds {
		value := d.Index[field]
		if field == store.ByCreatedAt {
			value = store.FormatTime(d.CreatedAt)
		}
		if !holds(value, bound) {
			return false
		}
	}
	return true
}

// bounds writes times as documents have them.
func bounds(all map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(all))
	for field, value := range all {
		if field == store.ByCreatedAt {
			at, err := store.ParseTime(value)
			if err != nil {
				return nil, err
			}
			value = store.FormatTime(at)
		}
		out[field] = value
	}
	return out, nil
}

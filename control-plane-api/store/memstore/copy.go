package memstore

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// kept is a document in its normal form, sharing nothing with the caller's.
func kept(d store.Document) store.Document {
	d.Unique = d.UniqueOrID()
	d.State, d.Blob = cloneBytes(d.State), cloneBytes(d.Blob)
	changes := make([]json.RawMessage, len(d.Changes))
	for i, change := range d.Changes {
		changes[i] = bytes.Clone(change)
	}
	d.Changes = changes
	d.CreatedAt, d.UpdatedAt = millisecond(d.CreatedAt), millisecond(d.UpdatedAt)
	if d.ExpiresAt != nil {
		at := millisecond(*d.ExpiresAt)
		d.ExpiresAt = &at
	}
	d = shown(d)
	maps.DeleteFunc(d.Index, func(_, value string) bool { return value == "" })
	if len(d.Index) == 0 {
		d.Index = nil
	}
	return d
}

// shown is a document for a caller, who may change its lists but never the bytes in them.
func shown(d store.Document) store.Document {
	d.Terms, d.Changes, d.Index = list(d.Terms), list(d.Changes), maps.Clone(d.Index)
	if d.ExpiresAt != nil {
		at := *d.ExpiresAt
		d.ExpiresAt = &at
	}
	return d
}

func cloneBytes[B ~[]byte](b B) B {
	if len(b) == 0 {
		return nil
	}
	return B(bytes.Clone(b))
}

func list[T any](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return slices.Clip(slices.Clone(all))
}

func millisecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

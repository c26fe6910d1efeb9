package parts

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// PutFinalizer adds a finalizer, or completes the one of its kind and attempt: a ref or worker that is given replaces
// what was there, one that is not given leaves it. It tells whether anything changed.
func PutFinalizer(all *[]readmodel.Finalizer, f readmodel.Finalizer) bool {
	i := slices.IndexFunc(*all, func(have readmodel.Finalizer) bool { return have.Kind == f.Kind && have.Attempt == f.Attempt })
	if i < 0 {
		*all = append(*all, f)
		return true
	}
	have := &(*all)[i]
	before := *have
	if f.Ref != "" {
		have.Ref = f.Ref
	}
	if f.WorkerID != "" {
		have.WorkerID = f.WorkerID
	}
	return *have != before
}

// DropFinalizer removes a finalizer and gives it; ok is false when there is none.
func DropFinalizer(all *[]readmodel.Finalizer, kind readmodel.FinalizerKind, attempt int) (readmodel.Finalizer, bool) {
	i := slices.IndexFunc(*all, func(f readmodel.Finalizer) bool { return f.Kind == kind && f.Attempt == attempt })
	if i < 0 {
		return readmodel.Finalizer{}, false
	}
	dropped := (*all)[i]
	*all = slices.Delete(*all, i, i+1)
	return dropped, true
}

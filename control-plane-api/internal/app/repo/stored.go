package repo

import (
	"encoding/json"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Stored is the untyped side of a kind, for those who carry documents on without knowing what they are.
type Stored struct {
	Name       readmodel.Kind
	Collection store.Collection
	// Project makes the read model of a document and reports whether the aggregate is settled. It is nil for a kind that is
	// not projected.
	Project func(store.Document) (model json.RawMessage, settled bool, err error)
}

// Stored gives the untyped side of the kind.
func (k Kind[T]) Stored() Stored {
	s := Stored{Name: k.Name, Collection: store.Collection{Name: k.Collection, Fields: k.Fields}}
	if k.Model != nil {
		s.Project = k.project
	}
	return s
}

func (k Kind[T]) project(d store.Document) (json.RawMessage, bool, error) {
	value, meta, err := k.decode(d)
	if err != nil {
		return nil, false, err
	}
	model, err := json.Marshal(k.Model(value, meta))
	if err != nil {
		return nil, false, fmt.Errorf("model of %s %s: %w", k.Label, d.ID, err)
	}
	return model, k.Settled != nil && k.Settled(value), nil
}

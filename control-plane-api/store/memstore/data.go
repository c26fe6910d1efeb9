package memstore

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Data is what a database would keep: it outlives the engines that are opened on it.
type Data struct {
	catalog store.Catalog

	mu          sync.Mutex
	meta        store.Meta
	collections map[string]map[string]store.Document
}

// layout is what Meta tells of the shape of the data; there is only one.
const layout = "1.0"

// NewData makes empty data of some collections. ErrInvalid for a malformed collection.
func NewData(collections ...store.Collection) (*Data, error) {
	catalog, err := store.NewCatalog(collections)
	if err != nil {
		return nil, err
	}
	d := &Data{
		catalog: catalog, collections: map[string]map[string]store.Document{},
		meta: store.Meta{Epoch: uuid.NewString(), Layout: layout, CreatedAt: time.Now().UTC().Truncate(time.Millisecond)},
	}
	for name := range catalog {
		d.collections[name] = map[string]store.Document{}
	}
	return d, nil
}

// Open opens an engine on the data. Closing it leaves the data, and other engines, as they are.
func (d *Data) Open() store.Engine { return &engine{data: d} }

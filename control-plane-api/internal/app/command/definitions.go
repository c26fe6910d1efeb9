package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Blobs keeps lab files by the SHA-256 of their bytes.
type Blobs interface {
	// Put stores a file and answers its hash in hex; storing it again is no harm.
	Put(ctx context.Context, bytes []byte) (hash string, err error)
}

// Definitions holds the commands on definitions.
type Definitions struct {
	repo  *repo.Repo[definition.Definition]
	blobs Blobs
	clock func() time.Time
	// webhooks and sealer may be nil: then no webhook, or none with a secret, can be given.
	webhooks Webhooks
	sealer   Sealer
}

// Webhooks judges the URLs that users give.
type Webhooks interface {
	// Check refuses a URL that must not be called (bad_webhook_url).
	Check(url string) error
}

// NewDefinitions makes them.
func NewDefinitions(r *repo.Repo[definition.Definition], blobs Blobs, now func() time.Time) *Definitions {
	return &Definitions{repo: r, blobs: blobs, clock: now}
}

// Notifying lets owners be told by webhook; with a sealer, signed.
func (c *Definitions) Notifying(webhooks Webhooks, sealer Sealer) *Definitions {
	c.webhooks, c.sealer = webhooks, sealer
	return c
}

// now is the API's clock in UTC, in the precision of the store.
func (c *Definitions) now() time.Time { return c.clock().UTC().Truncate(time.Millisecond) }

// The index fields of definitions that others do not have.
const (
	FieldName       = "name"
	FieldSyncStatus = "sync_status"
	// FieldMade is when the definition was made, by which lists are sorted: the ids of versions that a sync made tell no time.
	FieldMade = "made"
)

// DefinitionKind says how definitions are stored and projected.
func DefinitionKind() repo.Kind[definition.Definition] {
	return repo.Kind[definition.Definition]{
		Name: readmodel.KindDefinition, Collection: "lablet_definitions", Label: "definition", Schema: 1,
		Root: func(d *definition.Definition) *aggregate.Root { return &d.Root },
		Index: func(d *definition.Definition) (string, map[string]string) {
			return d.Unique(), map[string]string{
				FieldName: d.Name, FieldStatus: string(d.Status), FieldSyncStatus: d.SyncStatus, FieldMade: store.FormatTime(d.CreatedAt),
			}
		},
		Fields: []string{FieldName, FieldStatus, FieldSyncStatus, FieldMade},
		Model:  func(d *definition.Definition, m repo.Meta) any { return d.Model(m.Version, m.Generation) },
		// A lab of 500 nodes names as many ports and devices: more than other aggregates may take.
		MaxModel: 256 << 10,
		// A webhook's URL may hold a token; the event of the change tells what was changed.
		Redact: []string{"owner_notification"},
	}
}

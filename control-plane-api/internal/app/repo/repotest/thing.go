// Package repotest has a small kind of aggregate for the tests of those who store, relay and project aggregates.
package repotest

import (
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Thing is the aggregate.
type Thing struct {
	aggregate.Root
	Name   string   `json:"name"`
	Count  int      `json:"count"`
	Secret string   `json:"secret"`
	Parts  []string `json:"parts"`
	Done   bool     `json:"done"`
}

// Counted is the data of the event of Add.
type Counted struct {
	By int `json:"by"`
}

// Add is a change that a reconciler must act on.
func (t *Thing) Add(by int) {
	t.Count += by
	t.Raise("thing.counted.v1", Counted{By: by})
}

// Remark is a change that raises no generation.
func (t *Thing) Remark(part string) {
	t.Parts = append(t.Parts, part)
	t.Note("thing.remarked.v1", map[string]string{"part": part})
}

// Finish settles the thing.
func (t *Thing) Finish() {
	t.Done = true
	t.Raise("thing.finished.v1", nil)
}

// New makes a thing.
func New(id, name string) *Thing {
	t := &Thing{Name: name}
	t.ID = id
	t.Raise("thing.created.v1", map[string]string{"name": name})
	return t
}

// Model is the read model.
type Model struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Kind stores things where templates would be.
func Kind() repo.Kind[Thing] {
	return repo.Kind[Thing]{
		Name: readmodel.KindTemplate, Collection: "things", Label: "thing", Schema: 1,
		Root:   func(t *Thing) *aggregate.Root { return &t.Root },
		Index:  func(t *Thing) (string, map[string]string) { return "name:" + t.Name, map[string]string{"name": t.Name} },
		Fields: []string{"name"},
		Model: func(t *Thing, _ repo.Meta) any {
			return Model{ID: t.ID, Name: t.Name, Count: t.Count}
		},
		Redact:  []string{"secret"},
		Settled: func(t *Thing) bool { return t.Done },
	}
}

// Collections are those that a store of things needs.
func Collections() []store.Collection {
	return []store.Collection{Kind().Stored().Collection, repo.ClaimsCollection(), journal.Collection()}
}

// ID makes the nth id.
func ID(n int) string { return fmt.Sprintf("thing-%04d", n) }

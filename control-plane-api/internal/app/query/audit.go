package query

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Documents reads an aggregate as it is stored.
type Documents interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
}

// Audit holds the queries on the audit log.
type Audit struct {
	journal   *journal.Journal
	documents Documents
	kinds     []repo.Stored
}

// NewAudit makes them. kinds are all that is audited.
func NewAudit(j *journal.Journal, documents Documents, kinds []repo.Stored) *Audit {
	return &Audit{journal: j, documents: documents, kinds: kinds}
}

// List answers a page of entries, newest first. Code: bad_time.
func (a *Audit) List(ctx context.Context, f api.ListAudit) (page.Page[api.AuditEntry], error) {
	none := page.Page[api.AuditEntry]{}
	filter, err := a.filter(f)
	if err != nil {
		return none, err
	}
	total, err := a.journal.Count(ctx, filter)
	if err != nil {
		return none, unavailable(err)
	}
	paged, err := page.Apply(filter, f.List)
	if err != nil {
		return none, err
	}
	found, err := a.journal.Search(ctx, paged)
	if err != nil {
		return none, unavailable(err)
	}
	cut, err := page.Cut(found, f.List, total, journal.Entry.Cursor)
	if err != nil {
		return none, err
	}
	shown := page.Page[api.AuditEntry]{Items: make([]api.AuditEntry, 0, len(cut.Items)), Total: cut.Total, Next: cut.Next}
	for _, entry := range cut.Items {
		shown.Items = append(shown.Items, auditEntry(entry))
	}
	return shown, nil
}

func (a *Audit) filter(f api.ListAudit) (store.Query, error) {
	filter := journal.Filter{Kind: readmodel.Kind(f.Kind), ID: f.ID, By: f.By, Type: f.Type}
	for _, kind := range a.kinds {
		filter.Kinds = append(filter.Kinds, kind.Name)
	}
	var err error
	if filter.From, err = instant(f.From); err != nil {
		return store.Query{}, err
	}
	filter.Until, err = instant(f.Until)
	return filter.Query(), err
}

func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, failure.New(failure.Invalid, "bad_time", "%q is no time of the form 2026-03-01T09:00:00Z", text)
	}
	return at.UTC(), nil
}

func auditEntry(e journal.Entry) api.AuditEntry {
	shown := api.AuditEntry{
		ID: journal.EntryID(e.Kind, e.ID, e.Version), Kind: string(e.Kind), AggregateID: e.ID, Version: e.Version, Result: "stored", At: e.At,
		By: e.By, Roles: e.Roles, Route: e.Route, Reason: e.Reason, RequestID: e.RequestID, SourceIP: e.SourceIP, Before: e.Before,
		After: e.After, Hash: journal.Hash(e.Raw), PrevHash: e.PrevHash, Events: []api.AuditEvent{},
	}
	if e.Term != nil {
		shown.Term = e.Term.String()
	}
	for _, event := range e.Events {
		shown.Events = append(shown.Events, api.AuditEvent{Type: event.Type, Data: event.Data})
	}
	return shown
}

// Verify checks the chain of an aggregate's entries, and that the aggregate itself knows the same last ones: so it also shows
// when entries were cut off at the end. Code: aggregate_not_found.
func (a *Audit) Verify(ctx context.Context, req api.VerifyAudit) (api.AuditVerdict, error) {
	kind := readmodel.Kind(req.Kind)
	chain, err := a.journal.VerifyChain(ctx, kind, req.ID)
	verdict := api.AuditVerdict{Intact: true, First: chain.First, Last: chain.Last}
	if broken, ok := errors.AsType[journal.Broken](err); ok {
		verdict.Intact, verdict.Problem = false, broken.Error()
		return verdict, nil
	}
	if err != nil {
		return verdict, unavailable(err)
	}
	d, found, err := a.document(ctx, kind, req.ID)
	if err != nil {
		return verdict, err
	}
	if !found && chain.Last == 0 {
		return verdict, failure.New(failure.NotFound, "aggregate_not_found", "there is no %s %s, and never was", req.Kind, req.ID)
	}
	if problem := differs(d, chain); found && problem != "" {
		verdict.Intact, verdict.Problem = false, problem
	}
	return verdict, nil
}

func (a *Audit) document(ctx context.Context, kind readmodel.Kind, id string) (store.Document, bool, error) {
	for _, stored := range a.kinds {
		if stored.Name != kind {
			continue
		}
		d, err := a.documents.Get(ctx, stored.Collection.Name, id)
		if errors.Is(err, store.ErrNotFound) {
			return d, false, nil
		}
		if err != nil {
			return d, false, unavailable(err)
		}
		return d, true, nil
	}
	return store.Document{}, false, nil
}

// differs compares the end of a chain with the changes that the aggregate carries.
func differs(d store.Document, chain journal.Chain) string {
	if chain.Last < d.Journaled {
		return fmt.Sprintf("version %d is missing", chain.Last+1)
	}
	at := len(d.Changes) - 1 - int(d.Version-chain.Last)
	if at < 0 || at >= len(d.Changes) {
		return ""
	}
	if journal.Hash(d.Changes[at]) != chain.Hash {
		return fmt.Sprintf("version %d is not the one that the aggregate carries", chain.Last)
	}
	return ""
}

func unavailable(err error) error {
	return failure.Wrap(err, failure.Unavailable, "store_unavailable", "The store does not answer.")
}

package store

import (
	"context"
	"fmt"
)

// Finder is the part of an Engine that Walk uses.
type Finder interface {
	Find(ctx context.Context, collection string, q Query) ([]Document, error)
}

// Walk calls visit for every document of q, in order, reading page documents at a time. It is no snapshot: a document that is written
// meanwhile may be seen in either form, and one that moves in the order may be missed or seen twice (never when ordered by id). It stops at
// the first error. q.Limit is ignored, q.Skip must be 0; page must be positive.
func Walk(ctx context.Context, from Finder, collection string, q Query, page int, visit func(Document) error) error {
	if page <= 0 || q.Skip != 0 {
		return fmt.Errorf("%w: walk needs a positive page and no skip", ErrInvalid)
	}
	q.Limit = page
	for {
		documents, err := from.Find(ctx, collection, q)
		if err != nil {
			return fmt.Errorf("walk %s: %w", collection, err)
		}
		for _, d := range documents {
			if err := visit(d); err != nil {
				return err
			}
		}
		if len(documents) < page {
			return nil
		}
		next := q.CursorAfter(documents[len(documents)-1])
		q.After = &next
	}
}

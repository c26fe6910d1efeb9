package cmllabs

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// atOnce is how many labs are read at a time; CML has no list with titles that answers as it is specified.
const atOnce = 4

// Find gives the labs of a title, oldest first, whoever they belong to.
func (l *Labs) Find(ctx context.Context, title string) ([]Lab, error) {
	var ids []string
	if _, err := l.cml.Do(ctx, http.MethodGet, "/labs", url.Values{"show_all": {"true"}}, nil, &ids); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var found []Lab
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, id := range l.candidates(ids, title) {
		group.Go(func() error {
			lab, err := l.Get(ctx, id)
			if failure.Is(err, failure.NotFound) {
				return nil // it went while we looked
			}
			if err != nil {
				return err
			}
			l.remember(lab)
			if lab.Title == title {
				mu.Lock()
				found = append(found, lab)
				mu.Unlock()
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b Lab) int { return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(a.ID, b.ID)) })
	return found, nil
}

// candidates are the labs whose title is not known, or is the one looked for. What is gone is forgotten.
func (l *Labs) candidates(ids []string, title string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := make(map[string]string, len(ids))
	var look []string
	for _, id := range ids {
		known, ok := l.titles[id]
		if ok {
			kept[id] = known
		}
		if !ok || known == title {
			look = append(look, id)
		}
	}
	l.titles = kept
	return look
}

func (l *Labs) remember(lab Lab) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.titles[lab.ID] = lab.Title
}

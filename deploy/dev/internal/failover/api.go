package failover

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"
)

// Write is a call of a leader that changes something.
type Write struct {
	Replica, Term string
	At            time.Time
	// Stale tells that a newer term had been issued, so that it was refused.
	Stale bool
}

// Issue is a term that was given to a replica.
type Issue struct {
	Replica string
	Term    int64
	At      time.Time
}

// terms is the API of a contest.
type terms struct {
	service string
	etcd    etcdkv.Store

	mu      sync.Mutex
	term    int64
	issues  []Issue
	writes  []Write
	changed chan struct{}
}

func newTerms(service string, etcd etcdkv.Store) *terms {
	return &terms{service: service, etcd: etcd, changed: make(chan struct{})}
}

// ServeHTTP implements http.Handler.
func (a *terms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == api.RouteIssueTerm.Path {
		a.issue(w, r)
		return
	}
	a.write(w, r)
}

// issue gives the next term to the holder of the oldest election key, and to nobody else.
func (a *terms) issue(w http.ResponseWriter, r *http.Request) {
	var body api.IssueTermBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		reply(w, http.StatusUnprocessableEntity, api.Problem{Code: "malformed"})
		return
	}
	holder, leads, err := a.oldest(r.Context(), body)
	switch {
	case err != nil:
		reply(w, http.StatusServiceUnavailable, api.Problem{Code: "etcd_unavailable"})
		return
	case !leads:
		reply(w, http.StatusConflict, api.Problem{Code: "not_leader"})
		return
	}
	a.mu.Lock()
	a.term++
	term := a.term
	a.issues = append(a.issues, Issue{Replica: holder, Term: term, At: time.Now()})
	a.wake()
	a.mu.Unlock()
	reply(w, http.StatusOK, api.IssuedTerm{Service: body.Service, Term: term})
}

func (a *terms) oldest(ctx context.Context, asks api.IssueTermBody) (holder string, leads bool, err error) {
	page, err := a.etcd.List(ctx, leader.Prefix(a.service), "", 0, 0)
	for _, item := range page.Items {
		if item.CreateRevision < asks.CreateRevision {
			return "", false, err
		}
		if item.Key == asks.Key {
			holder, leads = string(item.Value), true
		}
	}
	return holder, leads, err
}

// write takes a change; its path names the replica.
func (a *terms) write(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	given := r.Header.Get(api.HeaderTerm)
	a.mu.Lock()
	stale := given != api.Term{Service: a.service, Term: a.term}.String()
	a.writes = append(a.writes, Write{Replica: parts[max(0, len(parts)-2)], Term: given, At: time.Now(), Stale: stale})
	a.wake()
	a.mu.Unlock()
	if stale {
		reply(w, http.StatusConflict, api.Problem{Code: "stale_term", Detail: "A newer leader has been named."})
		return
	}
	reply(w, http.StatusOK, api.Ack{})
}

// wake lets those look again who wait. The lock is held.
func (a *terms) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// await waits until a condition holds of what was issued and written.
func (a *terms) await(ctx context.Context, holds func() bool) error {
	for {
		a.mu.Lock()
		ok, changed := holds(), a.changed
		a.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone: nothing to tell it
}

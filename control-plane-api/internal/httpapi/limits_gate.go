package httpapi

import (
	"context"
	"net/http"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// gate lets requests in before anything is known of them but their address. So guessing keys and tokens is slow, and one
// address leaves room for the others.
type gate struct {
	limits    Limits
	keys      *Keys
	addresses *budgets
	all       *budgets
	// people and services have a room each, so that a rush of people does not hold up who serves them.
	people, services *room

	mu      sync.Mutex
	perAddr map[string]int
}

func newGate(limits Limits, keys *Keys) (*gate, error) {
	g := &gate{
		limits: limits, keys: keys, perAddr: map[string]int{},
		people: newRoom(limits.AtOnce, limits.Patience), services: newRoom(limits.AtOnce, limits.Patience),
	}
	var err error
	if g.addresses, err = newBudgets(limits.IPPerSecond, limits.IPBurst); err != nil {
		return nil, err
	}
	g.all, err = newBudgets(limits.AllPerSecond, limits.AllBurst)
	return g, err
}

// maxURI is in bytes; the longest that the contract knows are lists of ids.
const maxURI = 32 << 10

func (g *gate) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := g.limits.client(r)
		r = r.WithContext(context.WithValue(r.Context(), clientKey{}, address))
		if len(r.RequestURI) > maxURI {
			writeProblem(w, r, &problemError{Problem: document(http.StatusRequestURITooLong, "uri_too_long", "The address of the request is too long.")})
			return
		}
		leave, err := g.enter(r, budgetOf(address))
		if err != nil {
			writeProblem(w, r, problemOf(err))
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// enter counts a request. An address that asks too much is turned away before it takes of what is everyone's.
func (g *gate) enter(r *http.Request, address string) (leave func(), err error) {
	_, service := g.keys.Service(r.Header.Get(api.HeaderAPIKey))
	if !service {
		if err := g.addresses.allow(address); err != nil {
			return nil, err
		}
	}
	if err := g.all.allow(""); err != nil {
		return nil, err
	}
	if r.URL.Path == api.RouteStreamEvents.Path {
		// Streams last, and have a bound of their own.
		return func() {}, nil
	}
	if service {
		return g.services.leave, g.services.enter(r.Context())
	}
	if err := g.take(address); err != nil {
		return nil, err
	}
	if err := g.people.enter(r.Context()); err != nil {
		g.give(address)
		return nil, err
	}
	return func() { g.people.leave(); g.give(address) }, nil
}

// take counts a call of an address.
func (g *gate) take(address string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limits.IPAtOnce > 0 && g.perAddr[address] >= g.limits.IPAtOnce {
		return slowDown("too_many_at_once", "Too many calls at once: at most %d from one address.", g.limits.IPAtOnce)
	}
	g.perAddr[address]++
	return nil
}

func (g *gate) give(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.perAddr[address]--; g.perAddr[address] == 0 {
		delete(g.perAddr, address)
	}
}

package token

import (
	"crypto/sha256"
	"net/http"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// knownTokens is how many tokens are remembered, knownFor how long one is believed before its signature is checked again.
	knownTokens = 4096
	knownFor    = time.Minute
)

// known remembers who the tokens are about that were found good a moment ago, so that their signature is not checked at every
// call. A token is known by its digest only. What ends a token's life holds as if nothing was remembered: its own end, and
// the keys being fetched anew, which voids all that the keys before have proved. It is safe for concurrent use.
type known struct {
	fetches atomic.Int64
	people  *lru.Cache[digest, knownPerson]
}

type digest = [sha256.Size]byte

func sumOf(raw string) digest { return sha256.Sum256([]byte(raw)) }

type knownPerson struct {
	Person
	// from and until are when it may be believed, fetches how often keys had been fetched when the signature was checked.
	from, until time.Time
	fetches     int64
}

func newKnown() *known {
	people, _ := lru.New[digest, knownPerson](knownTokens) // only a size of none is an error
	return &known{people: people}
}

func (k *known) find(token digest, now time.Time) (Person, bool) {
	p, ok := k.people.Get(token)
	if !ok || p.fetches != k.fetches.Load() || now.Before(p.from) || now.After(p.until) {
		return Person{}, false
	}
	return p.Person, true
}

// add remembers a person whose token was found good at a time; fetches is what it was before the signature was checked.
func (k *known) add(token digest, who Person, fetches int64, at time.Time) {
	until := at.Add(knownFor)
	if end := who.Expires.Add(leeway); end.Before(until) {
		until = end
	}
	k.people.Add(token, knownPerson{Person: who, from: at, until: until, fetches: fetches})
}

// counting gives a client whose requests are counted as fetches. What is proved by the old keys while new ones are on their
// way may be believed for knownFor.
func (k *known) counting(client *http.Client) *http.Client {
	counted := *client
	counted.Transport = countedTransport{next: client.Transport, count: &k.fetches}
	return &counted
}

type countedTransport struct {
	next  http.RoundTripper
	count *atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (t countedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.count.Add(1)
	if t.next == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.next.RoundTrip(r)
}

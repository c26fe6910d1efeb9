// Package plane runs the whole of Lablet Cloud Manager on one machine: embedded etcd, the SQLite store, the simulated outside
// world and the four services, in one process or each service in a process of its own. It is for development and tests.
package plane

import (
	"cmp"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

// The services, in the order they start.
const (
	API       = "control-plane-api"
	Scheduler = "resource-scheduler"
	Workers   = "worker-controller"
	Lablets   = "lablet-controller"
)

// Services lists them.
func Services() []string { return []string{API, Scheduler, Workers, Lablets} }

// Replica names a replica of a service, from 1; the first is called as the service is.
func Replica(service string, n int) string {
	if n <= 1 {
		return service
	}
	return fmt.Sprintf("%s-%d", service, n)
}

// APIReplica names a replica of the API.
func APIReplica(n int) string { return Replica(API, n) }

// replicas names all that a plane with these options runs, in the order they start.
func (o Options) replicas() (all []string) {
	for _, service := range Services() {
		most := o.Controllers
		if service == API {
			most = o.APIs
		}
		for n := 1; n <= max(1, most); n++ {
			all = append(all, Replica(service, n))
		}
		if o.APIOnly {
			return all
		}
	}
	return all
}

// StoreURL is where the API keeps its documents.
func (o Options) StoreURL() string {
	return cmp.Or(o.Store, "sqlite://"+filepath.Join(o.Dir, databaseFile))
}

// serviceOf is the service that a replica is one of.
func serviceOf(replica string) string {
	for _, service := range Services() {
		if strings.HasPrefix(replica, service) {
			return service
		}
	}
	return replica
}

// Options say how a plane runs.
type Options struct {
	// Dir keeps everything: store, etcd, simulators, keys.
	Dir string
	// Split runs each service as a child process; Executable is this program, called with "service" and the service's name.
	Split      bool
	Executable string
	// APIs is how many replicas of the API work on the one store; 0 is one. The further ones are called Replica(API, 2) and so on.
	APIs int
	// Controllers is how many replicas of each controller there are, of which one leads; 0 is one.
	Controllers int
	// Via, where there is one, is told the API's address and gives the one at which controllers are to call it.
	Via func(api string) (string, error)
	// Settings are further environment variables of services, by their names.
	Settings map[string][]string
	// APIOnly leaves the controllers out.
	APIOnly bool
	// NoSink sends no events out.
	NoSink bool
	// Store is the URL of the store; empty is a SQLite file in Dir.
	Store string
	// Rate is how many times faster than real time the simulated world works.
	Rate float64
	// LeaseTTL is the leaders' lease; 2 s is etcd's least that is useful here.
	LeaseTTL time.Duration
	// Poll is how often outside systems are looked at while something is under way.
	Poll time.Duration
	// Candidate is the simulated candidate: how long after the launch URL was fetched it begins, and how long it works.
	Candidate Candidate
	// GradingTimeout and StartTimeout bound the phases that wait for others.
	GradingTimeout, StartTimeout time.Duration
	// LeadSeconds, MarginSeconds and GraceSeconds replace the minutes of production.
	LeadSeconds, MarginSeconds, GraceSeconds float64
	// Enterprise tells whether the licence file has an enterprise seat.
	NoEnterprise bool
	Log          *slog.Logger
}

// Candidate is a person who takes the exam by itself.
type Candidate struct {
	Auto              bool
	LoginAfter, Works time.Duration
}

// Fast are the options of tests and of the demo: a life of an instance in seconds.
func Fast(dir string, log *slog.Logger) Options {
	return Options{
		Dir: dir, Rate: 1, LeaseTTL: 2 * time.Second, Poll: 250 * time.Millisecond, Log: log,
		Candidate:      Candidate{Auto: true, LoginAfter: 500 * time.Millisecond, Works: 2 * time.Second},
		GradingTimeout: 20 * time.Second, StartTimeout: 60 * time.Second,
		LeadSeconds: 20, MarginSeconds: 2, GraceSeconds: 2,
	}
}

package controller

import (
	"net/http"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Queue is a keyed queue as the admin routes see it.
type Queue interface {
	Stats() reconcile.Stats
	// KeyStates lists what is not at rest, at most so many of all.
	KeyStates(most int) (states []reconcile.KeyState, total int)
	KeyState(key string) (state reconcile.KeyState, known bool)
	// Trigger makes one key run at once, or all when it is empty, and tells how many those are.
	Trigger(key string) (keys int)
}

// Show puts a queue on the admin routes and its depth on the metrics. Two of one name are refused by Run.
func (r *Runtime) Show(q Queue) {
	r.queues = append(r.queues, q)
	if err := r.metrics.Watch(q.Stats().Name, q.Stats); err != nil {
		r.failed = err
	}
}

const (
	defaultKeys = 100
	maxKeys     = 1000
)

// keysOf are a queue's keys that are not at rest.
type keysOf struct {
	Controller string               `json:"controller"`
	Total      int                  `json:"total"`
	Keys       []reconcile.KeyState `json:"keys"`
}

// keys answers the state of each key that is not at rest, the failing first: of all queues, or of the one that ?controller=
// names; ?key= asks for one, ?limit= bounds each queue's list.
func (r *Runtime) keys(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	limit := defaultKeys
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxKeys {
			refuse(w, req, http.StatusUnprocessableEntity, "bad_limit", "limit must be a number from 1 to "+strconv.Itoa(maxKeys)+".")
			return
		}
		limit = n
	}
	queues := r.named(query.Get("controller"))
	if len(queues) == 0 {
		refuse(w, req, http.StatusNotFound, "controller_unknown", "This service has no controller of this name.")
		return
	}
	all := make([]keysOf, 0, len(queues))
	for _, q := range queues {
		all = append(all, statesOf(q, query.Get("key"), limit))
	}
	answer(w, http.StatusOK, all)
}

func statesOf(q Queue, key string, limit int) keysOf {
	of := keysOf{Controller: q.Stats().Name, Keys: []reconcile.KeyState{}}
	if key == "" {
		of.Keys, of.Total = q.KeyStates(limit)
	} else if state, known := q.KeyState(key); known {
		of.Keys, of.Total = append(of.Keys, state), 1
	}
	return of
}

// named are the queues of a name, all when it is empty.
func (r *Runtime) named(name string) (queues []Queue) {
	for _, q := range r.queues {
		if name == "" || q.Stats().Name == name {
			queues = append(queues, q)
		}
	}
	return queues
}

// triggered tells what a trigger has led to.
type triggered struct {
	Status  string            `json:"status"`
	Message string            `json:"message"`
	By      string            `json:"triggered_by"`
	Keys    int               `json:"keys"`
	Stats   []reconcile.Stats `json:"stats"`
}

// trigger makes keys run at once, whatever they wait for: all, those of ?controller=, or the one of ?key=, which runs before
// all others.
func (r *Runtime) trigger(w http.ResponseWriter, req *http.Request) {
	if !r.elector.Status().IsLeader {
		notLeader(w, req)
		return
	}
	query := req.URL.Query()
	queues := r.named(query.Get("controller"))
	if len(queues) == 0 {
		refuse(w, req, http.StatusNotFound, "controller_unknown", "This service has no controller of this name.")
		return
	}
	key, keys := query.Get("key"), 0
	for _, q := range queues {
		keys += q.Trigger(key)
	}
	if keys == 0 && key != "" {
		refuse(w, req, http.StatusNotFound, "key_unknown", "No controller of this service has this key.")
		return
	}
	by := Caller(req.Context())
	r.Log.InfoContext(req.Context(), "reconcile triggered on request", "by", by, "key", key, "keys", keys)
	answer(w, http.StatusOK, triggered{
		Status: "triggered", Message: strconv.Itoa(keys) + " keys run as soon as a worker is free.", By: by, Keys: keys, Stats: r.stats(),
	})
}

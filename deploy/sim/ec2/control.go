package ec2

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// controls adds the routes by which a test does what AWS or an operator does
// behind the back of the clients.
func (s *Server) controls(r chi.Router) {
	r.Get("/_sim/state", s.dump)
	r.Put("/_sim/timings", s.putTimings)
	r.Put("/_sim/limits", s.putLimits)
	r.Put("/_sim/capacity", s.putCapacity)
	r.Post("/_sim/instances/{id}/stop", s.onInstance(s.forceStop))
	r.Post("/_sim/instances/{id}/terminate", s.onInstance(s.forceTerminate))
	r.Post("/_sim/instances/{id}/status-check", s.onInstance(s.forceChecks))
	r.Post("/_sim/instances/{id}/metrics", s.onInstance(s.forceFigures))
}

// dump answers with the whole state; it has no secrets (of user data only a
// digest is kept).
func (s *Server) dump(w http.ResponseWriter, _ *http.Request) {
	s.control(w, s.read, func() (any, error) {
		return map[string]any{
			"instances": s.st.sorted(), "timings": s.timings().doc(), "limits": s.limits(),
			"capacity": s.st.Capacity, "images": s.cfg.Images, "regions": s.cfg.Regions,
		}, nil
	})
}

func (s *Server) putTimings(w http.ResponseWriter, r *http.Request) {
	var in timingsDoc
	s.put(w, r, &in, func() (any, error) {
		timings, err := in.onto(s.timings())
		if err != nil {
			return nil, invalidValue("%s", err)
		}
		s.st.Timings = &timings
		return timings.doc(), nil
	})
}

func (s *Server) putLimits(w http.ResponseWriter, r *http.Request) {
	var in Limits
	s.put(w, r, &in, func() (any, error) {
		if in.Instances < 0 || in.VCPUs < 0 {
			return nil, invalidValue("limits must not be negative")
		}
		s.st.Limits = &in
		return in, nil
	})
}

// putCapacity replaces all capacity rules.
func (s *Server) putCapacity(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Rules []CapacityRule `json:"rules"`
	}
	s.put(w, r, &in, func() (any, error) {
		s.st.Capacity = in.Rules
		return in, nil
	})
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, into any, set func() (any, error)) {
	if err := kit.DecodeJSON(r, maxBody, into); err != nil {
		kit.WriteError(w, http.StatusBadRequest, err)
		return
	}
	s.control(w, s.write, set)
}

// control runs a control call under read or write; the result is encoded while
// the state is locked, as it may share it, and sent once the state is kept.
func (s *Server) control(w http.ResponseWriter, access func(func() error) error, run func() (any, error)) {
	var answer json.RawMessage
	err := access(func() error {
		out, err := run()
		if err != nil {
			return err
		}
		answer, err = json.Marshal(out)
		return err
	})
	if err != nil {
		e := asAPIError(err)
		kit.WriteError(w, e.status, errors.New(e.message))
		return
	}
	kit.WriteJSON(w, http.StatusOK, answer)
}

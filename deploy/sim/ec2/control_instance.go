package ec2

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// instanceOrder is the body of a control call on one instance; fields that
// an operation does not use are ignored.
type instanceOrder struct {
	checks
	figuresDoc
}

// onInstance makes a control route of an effect on one instance. An empty body
// is allowed; the answer shows the instance.
func (s *Server) onInstance(effect func(*instance, instanceOrder) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in instanceOrder
		if len(buffered(r)) > 0 {
			if err := kit.DecodeJSON(r, maxBody, &in); err != nil {
				kit.WriteError(w, http.StatusBadRequest, err)
				return
			}
		}
		s.control(w, s.write, func() (any, error) {
			i := s.st.Instances[chi.URLParam(r, "id")]
			if i == nil {
				return nil, &apiError{http.StatusNotFound, "NotFound", "no such instance"}
			}
			if err := effect(i, in); err != nil {
				return nil, err
			}
			s.settle()
			return i, nil
		})
	}
}

// forceStop is a stop that AWS begins, e.g. for host retirement.
func (s *Server) forceStop(i *instance, _ instanceOrder) error {
	if i.State != running {
		return &apiError{http.StatusConflict, "IncorrectInstanceState", "instance is " + i.State}
	}
	s.stop(i, "Server.ScheduledStop", "Stopped due to a scheduled retirement")
	return nil
}

// forceTerminate is the loss of an instance: terminated at once.
func (s *Server) forceTerminate(i *instance, _ instanceOrder) error {
	if i.State == terminated {
		return nil
	}
	now := s.kit.Clock.Now()
	i.enter(terminated, now)
	i.why("Server.InternalError", "Server.InternalError: Internal error on launch host", now)
	return nil
}

// forceChecks sets the results of the status checks until the next start;
// without a body the instance check fails.
func (s *Server) forceChecks(i *instance, in instanceOrder) error {
	if in.checks == (checks{}) {
		in.Instance = "impaired"
	}
	known := []string{"", "ok", "impaired", "initializing", "insufficient-data"}
	if !slices.Contains(known, in.Instance) || !slices.Contains(known, in.System) {
		return invalidValue("a status check is ok, impaired, initializing or insufficient-data")
	}
	i.Checks = in.checks
	return nil
}

// forceFigures replaces what steers the instance's CloudWatch figures.
func (s *Server) forceFigures(i *instance, in instanceOrder) error {
	figures, err := in.figuresDoc.figures()
	if err != nil {
		return err
	}
	i.Figures = figures
	return nil
}

package system

import (
	"net/http"
	"regexp"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func registrationSchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"token":      schema.Match(regexp.MustCompile(`^[a-zA-Z\d+/%=-]{1,256}$`)),
			"reregister": schema.Flag(),
		},
		Required: []string{"token"},
	}
}

// register accepts a token; the outcome shows later in GET /licensing.
func register(s *System, r *http.Request) (wire.Reply, error) {
	var in struct {
		Token      string `json:"token"`
		Reregister bool   `json:"reregister"`
	}
	if _, err := wire.Decode(r, registrationSchema(), &in); err != nil {
		return wire.Reply{}, err
	}
	switch status := s.registration(); {
	case status == InProgress:
		return wire.Reply{}, wire.Errorf(http.StatusConflict, "A registration is in progress.")
	case status == Completed && !in.Reregister:
		return wire.Reply{}, wire.BadRequest("This product is already registered.")
	case status == Completed:
		if err := s.env.Pools.give(s.doc.License.Attempt.Pool, s.env.Machine); err != nil {
			return wire.Reply{}, err
		}
	}
	pool, failure, err := s.env.Pools.take(in.Token, s.env.Machine)
	if err != nil {
		return wire.Reply{}, err
	}
	s.begin(pool, failure)
	return wire.NoContent(), nil
}

func (s *System) begin(pool Pool, failure string) {
	now := s.env.Clock.Now()
	l := &s.doc.License
	l.Attempt = &attempt{At: now, Pool: pool.Name, Failure: failure}
	l.Renewed, l.Authorized = nil, nil
	if failure == "" {
		l.Product = productOf(pool.Type)
	}
	s.changed = true
}

// deregister gives the seat back, unless by control the licence server is not
// reached: then the machine forgets its registration and the seat stays taken.
func deregister(s *System, _ *http.Request) (wire.Reply, error) {
	switch status := s.registration(); {
	case status == InProgress:
		return wire.Reply{}, wire.Errorf(http.StatusConflict, "A registration is in progress.")
	case status != Completed:
		return wire.Reply{}, wire.BadRequest("This product is not registered.")
	case s.labs.Usage().Running > 0:
		return wire.Reply{}, wire.Errorf(http.StatusConflict, "Cannot deregister while nodes are running.")
	}
	local := s.doc.License.LocalOnly
	if !local {
		if err := s.env.Pools.give(s.doc.License.Attempt.Pool, s.env.Machine); err != nil {
			return wire.Reply{}, err
		}
	}
	s.doc.License.Attempt = nil
	s.changed = true
	if local {
		return wire.Reply{Status: http.StatusAccepted}, nil
	}
	return wire.NoContent(), nil
}

func renewRegistration(s *System, _ *http.Request) (wire.Reply, error) {
	now := s.env.Clock.Now()
	return s.renew(func(l *license) { l.Renewed = &now })
}

func renewAuthorization(s *System, _ *http.Request) (wire.Reply, error) {
	now := s.env.Clock.Now()
	return s.renew(func(l *license) { l.Authorized = &now })
}

func (s *System) renew(mark func(*license)) (wire.Reply, error) {
	switch s.registration() {
	case Completed:
		mark(&s.doc.License)
		s.changed = true
		return wire.NoContent(), nil
	case InProgress:
		return wire.Reply{}, wire.Errorf(http.StatusConflict, "A registration is in progress.")
	}
	return wire.Reply{}, wire.BadRequest("This product is not registered.")
}

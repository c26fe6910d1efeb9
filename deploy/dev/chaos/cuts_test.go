package chaos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// point is a kind of call that has an effect outside: what a service may be killed before or after.
type point struct {
	service, simulator string
	method, path, op   string
}

func (p point) String() string {
	return p.simulator + "." + cmp.Or(p.op, strings.Trim(strings.NewReplacer("/", ".", "*", "").Replace(p.method+p.path), "."))
}

// reads reports whether the calls change nothing. Of those, only some are tried, and only before: afterwards is before the next.
func (p point) reads() bool { return p.method == http.MethodGet || strings.HasPrefix(p.op, "Describe") }

// workerPoints are those of a worker's life: provision, licence, terminate.
func workerPoints() []point {
	return []point{
		{service: plane.Workers, simulator: "ec2", op: "RunInstances"},
		{service: plane.Workers, simulator: "ec2", op: "TerminateInstances"},
		{service: plane.Workers, simulator: "cml", method: http.MethodPost, path: "/api/v0/licensing/*"},
		{service: plane.Workers, simulator: "cml", method: http.MethodDelete, path: "/api/v0/licensing/*"},
		{service: plane.Workers, simulator: "ec2", op: "Describe*"},
		{service: plane.Workers, simulator: "cml", method: http.MethodGet, path: "/api/v0/system_*"},
		{service: plane.Workers, simulator: "cml", method: http.MethodGet, path: "/api/v0/licensing*"},
	}
}

// labPoints are those of a lab's life: instantiate, collect, grade, stop, archive.
func labPoints() []point {
	var all []point
	for _, p := range []struct {
		simulator, path string
		methods         []string
	}{
		{"cml", "/api/v0/import*", []string{http.MethodPost}},
		{"cml", "/api/v0/labs/*", []string{http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete, http.MethodGet}},
		{"lds", "/reservations/*", []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodGet}},
		{"grading", "/api/*", []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodGet}},
		{"s3", "*", []string{http.MethodPut}},
	} {
		for _, method := range p.methods {
			all = append(all, point{service: plane.Lablets, simulator: p.simulator, method: method, path: p.path})
		}
	}
	return all
}

// address is a simulator's control address.
func (s *stage) address(simulator string) string {
	switch simulator {
	case "ec2":
		return s.at.EC2
	case "cml":
		return "https://" + s.at.CML
	case "lds":
		return s.at.LDS
	case "grading":
		return s.at.Grading
	default:
		return s.at.S3
	}
}

// atAPI is where points lie that are none of a simulator's: what controllers ask of control-plane-api, on the way that the stage has them take.
const atAPI = "api"

func (s *stage) arm(t *testing.T, p point, r kit.Rule) {
	t.Helper()
	require.NoError(t, s.put(s.ctx(t), p, r))
}

// put sets a rule in place of the one of its id, which lets go what it held.
func (s *stage) put(ctx context.Context, p point, r kit.Rule) error {
	r.Method, r.Path, r.Op = p.method, p.path, p.op
	if p.simulator == atAPI {
		s.api.Faults.Add(r)
		return nil
	}
	return s.outside.Call(ctx, http.MethodPost, s.address(p.simulator)+"/_sim/faults", r, nil)
}

// state tells how far a rule got.
func (s *stage) state(ctx context.Context, p point, id string) (kit.RuleState, error) {
	var answer struct {
		Rules []kit.RuleState `json:"rules"`
	}
	if p.simulator == atAPI {
		answer.Rules = s.api.Faults.States()
	} else if err := s.outside.Call(ctx, http.MethodGet, s.address(p.simulator)+"/_sim/faults", nil, &answer); err != nil {
		return kit.RuleState{}, err
	}
	for _, r := range answer.Rules {
		if r.ID == id {
			return r, nil
		}
	}
	return kit.RuleState{}, fmt.Errorf("no rule %s at %s", id, p)
}

// disarm takes all rules away.
func (s *stage) disarm(ctx context.Context, p point) error {
	if p.simulator == atAPI {
		s.api.Faults.Clear()
		return nil
	}
	return s.outside.Call(ctx, http.MethodDelete, s.address(p.simulator)+"/_sim/faults", nil, nil)
}

// never is a number of calls that no life has: a rule that lets so many pass only counts.
const never = 1 << 30

// count lives once undisturbed and tells how many calls of each kind that takes.
func (s *stage) count(t *testing.T, points []point, live func(*testing.T)) map[point]int {
	t.Helper()
	for _, p := range points {
		s.arm(t, p, kit.Rule{ID: p.String(), Skip: never, Hold: kit.Before})
	}
	live(t)
	counts := map[point]int{}
	for _, p := range points {
		r, err := s.state(s.ctx(t), p, p.String())
		require.NoError(t, err)
		counts[p] = r.Seen
	}
	for _, p := range points {
		require.NoError(t, s.disarm(s.ctx(t), p))
	}
	return counts
}

// importPoint is where labs are made.
func importPoint() point { return labPoints()[0] }

// counted counts the calls of a kind from now on. It disturbs none, and must be asked for before any are.
func (s *stage) counted(t *testing.T, p point) (calls func() int) {
	t.Helper()
	id := "counted " + t.Name()
	s.arm(t, p, kit.Rule{ID: id, Skip: never, Hold: kit.Before})
	return func() int {
		r, err := s.state(s.ctx(t), p, id)
		require.NoError(t, err)
		return r.Seen
	}
}

// cut is one boundary of a call: just before or just after the n-th of its kind has had its effect.
type cut struct {
	point
	n    int
	when string
}

func (c cut) String() string { return fmt.Sprintf("%s.%d.%s", c.point, c.n, c.when) }

// killAt kills the service when its next life comes to the boundary, and lets the call go. done tells how that went; it is to
// be called when the life is over.
func (s *stage) killAt(t *testing.T, c cut) (done func() error) {
	t.Helper()
	return s.strikeAt(t, c, func(ctx context.Context) error { return s.plane.Kill(ctx, c.service) })
}

// strikeAt does something when the next life comes to the boundary, and then lets the call go.
func (s *stage) strikeAt(t *testing.T, c cut, do func(context.Context) error) (done func() error) {
	t.Helper()
	s.arm(t, c.point, kit.Rule{ID: "cut", Skip: c.n - 1, Times: 1, Hold: c.when})
	ctx, result := s.ctx(t), make(chan error, 1)
	go func() {
		err := demo.Until(ctx, func() (bool, error) {
			r, err := s.state(ctx, c.point, "cut")
			return r.Held > 0, err
		})
		if err == nil {
			err = do(ctx)
		}
		result <- errors.Join(err, s.put(ctx, c.point, kit.Rule{ID: "cut", Skip: never, Hold: c.when}))
	}()
	return func() error { return <-result }
}

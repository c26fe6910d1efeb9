package ec2

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

const stateDoc = "state"

// state is all that the simulator keeps.
type state struct {
	Instances map[string]*instance `json:"instances"`
	// Tokens are the client tokens of RunInstances by region and token.
	Tokens map[string]token `json:"tokens"`
	// Serial counts what was ever made; ids derive from it.
	Serial      int    `json:"serial"`
	NextPrivate uint32 `json:"next_private"`
	NextPublic  uint32 `json:"next_public"`
	// Timings and Limits are those set by a control call, which win over the
	// configuration; nil when none was made.
	Timings  *Timings       `json:"timings,omitempty"`
	Limits   *Limits        `json:"limits,omitempty"`
	Capacity []CapacityRule `json:"capacity"`
}

// token is a RunInstances call that was done.
type token struct {
	Digest      string   `json:"digest"`
	InstanceIDs []string `json:"instance_ids"`
}

func newState() *state {
	return &state{Instances: map[string]*instance{}, Tokens: map[string]token{}}
}

func (s *Server) timings() Timings {
	if s.st.Timings != nil {
		return *s.st.Timings
	}
	return *s.cfg.Timings
}

func (s *Server) limits() Limits {
	if s.st.Limits != nil {
		return *s.st.Limits
	}
	return s.cfg.Limits
}

// sorted returns the instances in the order of their making.
func (st *state) sorted() []*instance {
	out := make([]*instance, 0, len(st.Instances))
	for _, i := range st.Instances {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b *instance) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// newID returns an id like i-0123456789abcdef0, the same for the same history.
func (s *Server) newID(kind string) string {
	s.st.Serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", s.cfg.Seed, kind, s.st.Serial))
	return kind + "-0" + hex.EncodeToString(sum[:8])
}

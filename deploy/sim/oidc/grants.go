package oidc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"time"
)

const (
	grantsDoc = "grants"
	codeLives = time.Minute
	maxGrants = 10_000
)

// grant is what a code or a refresh token stands for. It is used once.
type grant struct {
	Kind      string    `json:"kind"` // code or refresh
	Who       identity  `json:"who"`
	Redirect  string    `json:"redirect,omitempty"`
	Challenge string    `json:"challenge,omitempty"`
	Ends      time.Time `json:"ends"`
}

func grantKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// give keeps a grant and returns the secret that redeems it.
func (s *Server) give(g grant, lives time.Duration) (string, error) {
	secret := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.kit.Clock.Now()
	next := maps.Clone(s.grants)
	maps.DeleteFunc(next, func(_ string, old grant) bool { return !now.Before(old.Ends) })
	if len(next) >= maxGrants {
		clear(next) // whoever is logged in logs in again
	}
	g.Ends = now.Add(lives)
	next[grantKey(secret)] = g
	return secret, s.putGrants(next)
}

// take redeems a secret; a second time it finds nothing.
func (s *Server) take(kind, secret string) (grant, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := grantKey(secret)
	g, found := s.grants[key]
	if !found || g.Kind != kind {
		return grant{}, false, nil
	}
	next := maps.Clone(s.grants)
	delete(next, key)
	if err := s.putGrants(next); err != nil {
		return grant{}, false, err
	}
	return g, s.kit.Clock.Now().Before(g.Ends), nil
}

// endSession forgets all grants of a login.
func (s *Server) endSession(session string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.grants)
	maps.DeleteFunc(next, func(_ string, g grant) bool { return g.Who.Session == session })
	return s.putGrants(next)
}

func (s *Server) putGrants(next map[string]grant) error {
	if err := s.kit.Disk.Save(grantsDoc, next); err != nil {
		return err
	}
	s.grants = next
	return nil
}

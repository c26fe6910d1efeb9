package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const (
	keysDoc = "keys"
	keyBits = 2048
	maxKeys = 5
)

// signingKey is an RSA key; the newest one signs, all are published.
type signingKey struct {
	ID      string `json:"kid"`
	PKCS8   []byte `json:"pkcs8"`
	private *rsa.PrivateKey
}

func newKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return signingKey{}, fmt.Errorf("generate key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return signingKey{}, fmt.Errorf("encode key: %w", err)
	}
	return signingKey{ID: uuid.NewString(), PKCS8: der, private: private}, nil
}

func loadKeys(disk *kit.Disk) ([]signingKey, error) {
	var keys []signingKey
	if _, err := disk.Load(keysDoc, &keys); err != nil {
		return nil, err
	}
	for i := range keys {
		parsed, err := x509.ParsePKCS8PrivateKey(keys[i].PKCS8)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", keys[i].ID, err)
		}
		private, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("key %s is not an RSA key", keys[i].ID)
		}
		keys[i].private = private
	}
	if len(keys) > 0 {
		return keys, nil
	}
	first, err := newKey()
	if err != nil {
		return nil, err
	}
	keys = []signingKey{first}
	return keys, disk.Save(keysDoc, keys)
}

// rotate makes a new key sign. The former keys stay published unless retire is
// set.
func (s *Server) rotate(retire bool) (string, error) {
	next, err := newKey()
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := []signingKey{next}
	if !retire {
		keys = append(append([]signingKey(nil), s.keys[max(0, len(s.keys)-maxKeys+1):]...), next)
	}
	if err := s.kit.Disk.Save(keysDoc, keys); err != nil {
		return "", err
	}
	s.keys = keys
	return next.ID, nil
}

func (s *Server) signer() signingKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[len(s.keys)-1]
}

// jwks is the published form of all keys.
func (s *Server) jwks() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]map[string]string, 0, len(s.keys))
	for _, k := range s.keys {
		list = append(list, map[string]string{
			"kid": k.ID, "kty": "RSA", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
		})
	}
	return map[string]any{"keys": list}
}

package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Keys knows the services by their API keys; each may have two, so that a key can be changed without a gap. Only digests
// are kept, and every comparison takes the same time.
type Keys struct {
	known []knownKey
}

type knownKey struct {
	service string
	digest  [sha256.Size]byte
}

// Add takes a key of a service.
func (k *Keys) Add(service string, key secret.String) {
	k.known = append(k.known, knownKey{service: service, digest: sha256.Sum256([]byte(key.Reveal()))})
}

// Service finds whose key it is.
func (k *Keys) Service(key string) (string, bool) {
	digest := sha256.Sum256([]byte(key))
	service := ""
	for _, known := range k.known {
		if subtle.ConstantTimeCompare(digest[:], known.digest[:]) == 1 {
			service = known.service
		}
	}
	return service, service != "" && key != ""
}

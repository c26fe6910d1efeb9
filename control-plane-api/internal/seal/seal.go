// Package seal encrypts what must be stored but not be read in the store: AES-256-GCM under a key that only the API has.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	aead cipher.AEAD
}

// minKey is the least length of a key in characters.
const minKey = 32

// New makes a box from LCM_SECRET_KEY.
func New(key secret.String) (*Box, error) {
	if len(key.Reveal()) < minKey {
		return nil, fmt.Errorf("secret key: want at least %d characters", minKey)
	}
	sum := sha256.Sum256([]byte(key.Reveal()))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	return &Box{aead: aead}, nil
}

// Seal encrypts a secret; two seals of one secret differ.
func (b *Box) Seal(plain secret.String) ([]byte, error) {
	nonce := make([]byte, b.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return b.aead.Seal(nonce, nonce, []byte(plain.Reveal()), nil), nil
}

// Open decrypts; what was changed or sealed under another key is refused.
func (b *Box) Open(sealed []byte) (secret.String, error) {
	if len(sealed) < b.aead.NonceSize() {
		return secret.String{}, errors.New("seal: too short")
	}
	plain, err := b.aead.Open(nil, sealed[:b.aead.NonceSize()], sealed[b.aead.NonceSize():], nil)
	if err != nil {
		return secret.String{}, errors.New("seal: does not open under this key")
	}
	return secret.New(string(plain)), nil
}

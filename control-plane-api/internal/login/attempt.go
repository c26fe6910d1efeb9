package login

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// AttemptLasts is how long a person may take to sign in.
const AttemptLasts = 10 * time.Minute

// attempt is one sign-in that was begun.
type attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Until    time.Time `json:"until"`
}

func newAttempt(now time.Time) (attempt, error) {
	var raw [64]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return attempt{}, fmt.Errorf("login: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString
	return attempt{State: text(raw[:32]), Nonce: text(raw[32:]), Verifier: oauth2.GenerateVerifier(), Until: now.Add(AttemptLasts)}, nil
}

func (l *Login) seal(a attempt) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	sealed, err := l.config.Box.Seal(secret.New(string(plain)))
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// maxCookie bounds what is opened at all, in characters.
const maxCookie = 2048

func (l *Login) unseal(cookie string) (attempt, error) {
	missing := refused("login_state", "The sign-in was not begun by this browser, or it took too long: begin again.")
	if cookie == "" || len(cookie) > maxCookie {
		return attempt{}, missing
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return attempt{}, missing
	}
	plain, err := l.config.Box.Open(sealed)
	if err != nil {
		return attempt{}, missing
	}
	var a attempt
	if err := json.Unmarshal([]byte(plain.Reveal()), &a); err != nil || a.State == "" || a.Nonce == "" || l.config.Now().After(a.Until) {
		return attempt{}, missing
	}
	return a, nil
}

// same compares in constant time; nothing equals nothing.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return a != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

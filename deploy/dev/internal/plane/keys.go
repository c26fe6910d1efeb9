package plane

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keys are the secrets of one plane, made at its first start.
type keys struct {
	// API holds each controller's key for the internal API.
	API    map[string]string `json:"api"`
	Secret string            `json:"secret"`
	// Inbound is the token of the simulators that send events.
	Inbound string `json:"inbound"`
	// Etcd holds each service's password.
	Etcd map[string]string `json:"etcd"`
	// Licenses holds the token of each licence.
	Licenses map[string]string `json:"licenses"`
}

// loadKeys reads the keys of a folder, or makes them.
func loadKeys(dir string) (keys, error) {
	path := filepath.Join(dir, "keys.json")
	content, err := os.ReadFile(path)
	if err == nil {
		var kept keys
		if err := json.Unmarshal(content, &kept); err != nil {
			return keys{}, fmt.Errorf("keys: %w", err)
		}
		if kept.Inbound == "" { // of a release that took no events
			kept.Inbound = long()
			return kept, kept.save(path)
		}
		return kept, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return keys{}, fmt.Errorf("keys: %w", err)
	}
	made := newKeys()
	return made, made.save(path)
}

func (k keys) save(path string) error {
	content, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return os.WriteFile(path, content, 0o600)
}

func newKeys() keys {
	made := keys{API: map[string]string{}, Etcd: map[string]string{}, Licenses: map[string]string{}, Secret: long(), Inbound: long()}
	for _, service := range Services() {
		made.API[service], made.Etcd[service] = long(), long()
	}
	made.Etcd["root"] = long()
	for _, kind := range []string{"enterprise", "personal"} {
		made.Licenses[kind] = rand.Text()
	}
	return made
}

func long() string { return rand.Text() + rand.Text() }

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
		return kept, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return keys{}, fmt.Errorf("keys: %w", err)
	}
	made := newKeys()
	content, err = json.MarshalIndent(made, "", "  ")
	if err != nil {
		return keys{}, fmt.Errorf("keys: %w", err)
	}
	return made, os.WriteFile(path, content, 0o600)
}

func newKeys() keys {
	made := keys{API: map[string]string{}, Etcd: map[string]string{}, Licenses: map[string]string{}, Secret: long()}
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

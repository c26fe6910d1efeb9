// Package licenses reads the file of CML licences, a mounted secret: a YAML list of name, type, token and seats.
package licenses

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
)

// File is what the licence file says.
type File struct {
	entries []command.License
}

type entry struct {
	Name  string        `yaml:"name"`
	Type  string        `yaml:"type"`
	Token secret.String `yaml:"token"`
	Seats int           `yaml:"seats"`
}

// Read reads a licence file. An error never repeats a token.
func Read(path string) (*File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("licence file: %w", err)
	}
	return Parse(content)
}

// Parse reads the content of a licence file.
func Parse(content []byte) (*File, error) {
	var entries []entry
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&entries); err != nil {
		// The decoder's words may quote the file, and the file holds tokens.
		return nil, errors.New("licence file: not a list of name, type, token, seats")
	}
	f := &File{}
	for i, e := range entries {
		kind, err := resource.ParseLicenseType(e.Type)
		if err != nil || e.Name == "" || e.Token.IsZero() || e.Seats < 1 {
			return nil, fmt.Errorf("licence file: entry %d needs a name, a type of %v, a token and at least one seat", i+1, resource.LicenseTypes())
		}
		f.entries = append(f.entries, command.License{Name: e.Name, Type: kind, Token: e.Token, Seats: e.Seats})
	}
	return f, nil
}

// Entry implements command.Licenses.
func (f *File) Entry(name string, kind resource.LicenseType) (command.License, bool) {
	for _, e := range f.entries {
		if (name != "" && e.Name == name) || (name == "" && e.Type == kind) {
			return e, true
		}
	}
	return command.License{}, false
}

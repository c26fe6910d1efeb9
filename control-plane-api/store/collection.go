package store

import (
	"fmt"
	"regexp"
)

// Collection declares a set of documents and the fields that queries may use.
//
// A field that is added in a later release is "" in the documents written before: the release that adds it rewrites them before it
// queries by it. A field that is no longer declared is no longer written or found.
type Collection struct {
	// Name and each of Fields: lower-case letters, digits and underscores, a letter first, at most 48 characters.
	Name string
	// Fields are the keys that Document.Index may have and that queries may use.
	Fields []string
}

// Has says whether the field is declared.
func (c Collection) Has(field string) bool {
	for _, f := range c.Fields {
		if f == field {
			return true
		}
	}
	return false
}

// Catalog is a checked set of collections, by name.
type Catalog map[string]Collection

// NewCatalog checks names and fields for engines. Malformed, reserved or repeated names are ErrInvalid.
func NewCatalog(collections []Collection) (Catalog, error) {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
	out := make(Catalog, len(collections))
	for _, c := range collections {
		if !name.MatchString(c.Name) {
			return nil, fmt.Errorf("%w: collection name %q", ErrInvalid, c.Name)
		}
		if _, twice := out[c.Name]; twice {
			return nil, fmt.Errorf("%w: collection %s is declared twice", ErrInvalid, c.Name)
		}
		seen := make(map[string]bool, len(c.Fields))
		for _, f := range c.Fields {
			if !name.MatchString(f) || f == "id" || f == ByCreatedAt || seen[f] {
				return nil, fmt.Errorf("%w: collection %s: field %q is malformed, reserved or repeated", ErrInvalid, c.Name, f)
			}
			seen[f] = true
		}
		out[c.Name] = c
	}
	return out, nil
}

// Get finds a declared collection. ErrInvalid when it isn't declared.
func (c Catalog) Get(name string) (Collection, error) {
	found, ok := c[name]
	if !ok {
		return Collection{}, fmt.Errorf("%w: collection %q is not declared", ErrInvalid, name)
	}
	return found, nil
}

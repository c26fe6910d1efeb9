package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxDocument is the most bytes that a document's opaque parts may have together. It keeps a document below MongoDB's limit of 16 MiB.
const MaxDocument = 15 << 20

// CheckDocument is for engines: it says whether every engine can keep d in c. ErrInvalid.
func (c Collection) CheckDocument(d Document) error {
	if err := c.CheckKey(d.ID); err != nil {
		return err
	}
	if d.Unique != "" {
		if err := checkText(d.Unique); err != nil {
			return fmt.Errorf("%w: %s %q: unique value: %w", ErrInvalid, c.Name, d.ID, err)
		}
	}
	if d.Version < 0 || d.Journaled < 0 || d.Projected < 0 {
		return fmt.Errorf("%w: %s %q: negative version or mark", ErrInvalid, c.Name, d.ID)
	}
	if n := d.Size(); n > MaxDocument {
		return fmt.Errorf("%w: %s %q has %d bytes, more than %d", ErrInvalid, c.Name, d.ID, n, MaxDocument)
	}
	for field, value := range d.Index {
		if !c.Has(field) {
			return fmt.Errorf("%w: %s %q: field %q is not declared", ErrInvalid, c.Name, d.ID, field)
		}
		if err := checkText(value); err != nil {
			return fmt.Errorf("%w: %s %q: field %q: %w", ErrInvalid, c.Name, d.ID, field, err)
		}
	}
	for i, change := range d.Changes {
		if !json.Valid(change) {
			return fmt.Errorf("%w: %s %q: change %d is not JSON", ErrInvalid, c.Name, d.ID, i)
		}
	}
	return nil
}

// CheckReplace is CheckDocument plus the rule that a version rises.
func (c Collection) CheckReplace(d Document, version int64) error {
	if d.Version <= version {
		return fmt.Errorf("%w: %s %q: version %d doesn't follow %d", ErrInvalid, c.Name, d.ID, d.Version, version)
	}
	return c.CheckDocument(d)
}

// CheckKey says whether id can be an id or a unique value. ErrInvalid.
func (c Collection) CheckKey(id string) error {
	if id == "" {
		return fmt.Errorf("%w: %s: empty id", ErrInvalid, c.Name)
	}
	if err := checkText(id); err != nil {
		return fmt.Errorf("%w: %s %q: %w", ErrInvalid, c.Name, id, err)
	}
	return nil
}

// CheckQuery is for engines: it says whether q uses only what c declares. ErrInvalid.
func (c Collection) CheckQuery(q Query) error {
	if q.Skip < 0 || q.Limit < 0 {
		return fmt.Errorf("%w: %s: negative skip or limit", ErrInvalid, c.Name)
	}
	if q.Sort != "" && q.Sort != ByCreatedAt && !c.Has(q.Sort) {
		return fmt.Errorf("%w: %s: can't sort by %q", ErrInvalid, c.Name, q.Sort)
	}
	for field := range q.Equal {
		if !c.Has(field) {
			return undeclared(c, field)
		}
	}
	for field := range q.Contains {
		if !c.Has(field) {
			return undeclared(c, field)
		}
	}
	return c.checkBounds(q)
}

// CheckDeleteMany is CheckQuery plus the rules that keep a sweep from emptying a collection.
func (c Collection) CheckDeleteMany(q Query, limit int) error {
	if limit <= 0 {
		return fmt.Errorf("%w: %s: delete many needs a limit", ErrInvalid, c.Name)
	}
	if !q.selective() {
		return fmt.Errorf("%w: %s: delete many needs a condition", ErrInvalid, c.Name)
	}
	return c.CheckQuery(q)
}

func (c Collection) checkBounds(q Query) error {
	for _, bounds := range []map[string]string{q.From, q.Until} {
		for field, value := range bounds {
			if field == ByCreatedAt {
				if _, err := ParseTime(value); err != nil {
					return err
				}
			} else if !c.Has(field) {
				return undeclared(c, field)
			}
		}
	}
	if q.After != nil && q.Sort == ByCreatedAt {
		_, err := ParseTime(q.After.Value)
		return err
	}
	return nil
}

func undeclared(c Collection, field string) error {
	return fmt.Errorf("%w: %s: field %q is not declared", ErrInvalid, c.Name, field)
}

// checkText refuses what MongoDB would refuse in a string, or SQLite would cut.
func checkText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("not valid UTF-8")
	}
	if strings.ContainsRune(s, 0) {
		return fmt.Errorf("contains NUL")
	}
	return nil
}

package api

import (
	"fmt"
	"strconv"
	"strings"
)

// List holds the query parameters of every list. Lists answer a bare array; Link rel="next" carries the cursor and
// X-Total-Count the total.
type List struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"Most rows to answer."`
	Skip   int    `query:"skip" minimum:"0" maximum:"1000000" default:"0" doc:"Rows to leave out; a cursor is cheaper."`
	Cursor string `query:"cursor" maxLength:"512" doc:"Cursor from the Link header."`
}

// ModelList holds the query parameters of every list for controllers, who read much at once: those of List, and longer pages.
type ModelList struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Most rows to answer."`
	Skip   int    `query:"skip" minimum:"0" maximum:"1000000" default:"0" doc:"Rows to leave out; a cursor is cheaper."`
	Cursor string `query:"cursor" maxLength:"512" doc:"Cursor from the Link header."`
}

// Written names one aggregate that a command wrote. It is the value of a HeaderWritten.
type Written struct {
	Kind       string
	ID         string
	Version    int64
	Generation int64
}

// String is the header's form: kind/id/version/generation.
func (w Written) String() string {
	return fmt.Sprintf("%s/%s/%d/%d", w.Kind, w.ID, w.Version, w.Generation)
}

// ParseWritten reads a header's value.
func ParseWritten(text string) (Written, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 4 {
		return Written{}, fmt.Errorf("written %q: want kind/id/version/generation", text)
	}
	version, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return Written{}, fmt.Errorf("written %q: version: %w", text, err)
	}
	generation, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return Written{}, fmt.Errorf("written %q: generation: %w", text, err)
	}
	return Written{Kind: parts[0], ID: parts[1], Version: version, Generation: generation}, nil
}

// Term is a leader's term: the value of HeaderTerm is service/term.
type Term struct {
	Service string
	Term    int64
}

// String is the header's form.
func (t Term) String() string { return t.Service + "/" + strconv.FormatInt(t.Term, 10) }

// ParseTerm reads a header's value.
func ParseTerm(text string) (Term, error) {
	service, number, ok := strings.Cut(text, "/")
	term, err := strconv.ParseInt(number, 10, 64)
	if !ok || service == "" || err != nil || term < 1 {
		return Term{}, fmt.Errorf("term %q: want service/term", text)
	}
	return Term{Service: service, Term: term}, nil
}

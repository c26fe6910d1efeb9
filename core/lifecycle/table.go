// Package lifecycle holds the status words that all services share and, for each kind of thing, the one table of moves
// between them. It is plain: whoever applies a move does so in control-plane-api.
package lifecycle

import (
	"fmt"
	"slices"
	"strings"
)

// Table lists, for each status, the statuses that it may move to. The order is the order of documents and diagrams.
type Table[S ~string] struct {
	name string
	rows []Row[S]
}

// Row is one line of a table.
type Row[S ~string] struct {
	From S
	To   []S
}

// newTable builds a table; every status that appears must have a row of its own.
func newTable[S ~string](name string, rows ...Row[S]) Table[S] {
	return Table[S]{name: name, rows: rows}
}

// Name is the name of the thing that the table is about.
func (t Table[S]) Name() string { return t.name }

// Rows lists the table in order.
func (t Table[S]) Rows() []Row[S] { return slices.Clone(t.rows) }

// Statuses lists every status in order.
func (t Table[S]) Statuses() []S {
	all := make([]S, 0, len(t.rows))
	for _, row := range t.rows {
		all = append(all, row.From)
	}
	return all
}

// Allows reports whether the table has the move.
func (t Table[S]) Allows(from, to S) bool {
	for _, row := range t.rows {
		if row.From == from {
			return slices.Contains(row.To, to)
		}
	}
	return false
}

// Terminal reports whether nothing follows a status.
func (t Table[S]) Terminal(s S) bool {
	for _, row := range t.rows {
		if row.From == s {
			return len(row.To) == 0
		}
	}
	return false
}

// Parse reads a status, whatever its case.
func (t Table[S]) Parse(text string) (S, error) {
	want := S(strings.ToLower(strings.TrimSpace(text)))
	for _, row := range t.rows {
		if row.From == want {
			return want, nil
		}
	}
	return "", fmt.Errorf("%q is not a status of a %s", text, t.name)
}

// Diagram prints the table as a Mermaid state diagram.
func (t Table[S]) Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	if len(t.rows) > 0 {
		fmt.Fprintf(&b, "    [*] --> %s\n", t.rows[0].From)
	}
	for _, row := range t.rows {
		for _, to := range row.To {
			fmt.Fprintf(&b, "    %s --> %s\n", row.From, to)
		}
		if len(row.To) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", row.From)
		}
	}
	return b.String()
}

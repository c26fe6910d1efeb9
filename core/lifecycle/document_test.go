package lifecycle

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/state-machines.md anew")

// TestStateMachinesDocument prints docs/state-machines.md from the tables and fails when the file there is another one.
func TestStateMachinesDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString("# State machines\n\n")
	b.WriteString("Printed from the tables of `core/lifecycle` by its test; after a change run `go test ./lifecycle -update` in `core`.\n")
	b.WriteString("Every move is applied by control-plane-api; the notes tell who asks for it and when.\n")
	section(t, &b, "Instance", "Strict: a move that is not listed is answered with 409.", Instances(), instanceNotes())
	section(t, &b, "Worker", "What EC2 shows wins: an unexpected jump is applied, audited and counted. "+
		"`shutting-down` is read as `terminating`.", Workers(), workerNotes())
	section(t, &b, "Definition", "One machine per version.", Definitions(), definitionNotes())
	section(t, &b, "Licence", "A failed operation leaves the status as it is.", Licenses(), licenseNotes())
	section(t, &b, "Lab record", "A controller may report completion in one step, so some moves skip the words in between.", LabRecords(), labRecordNotes())
	section(t, &b, "Task", "What is finished stays as it is.", Tasks(), taskNotes())

	path := documentPath(t)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	present, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(present), "the document is stale: run this test with -update")
}

// documentPath finds the repository by its go.work.
func documentPath(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for range 8 {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return filepath.Join(dir, "docs", "state-machines.md")
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("not inside the repository: there is no document to compare with")
	return ""
}

// section prints one table. A move without a note, or a note without a move, is a failure.
func section[S ~string](t *testing.T, b *strings.Builder, title, words string, table Table[S], notes []note[S]) {
	t.Helper()
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n```mermaid\n%s```\n\n| from | to | asked for by | when |\n|---|---|---|---|\n", title, words, table.Diagram())
	used := make([]bool, len(notes))
	for _, row := range table.Rows() {
		for _, to := range row.To {
			i := slices.IndexFunc(notes, func(n note[S]) bool { return covers(n.from, row.From) && covers(n.to, to) })
			require.GreaterOrEqual(t, i, 0, "%s: nobody is said to move %s to %s", title, row.From, to)
			used[i] = true
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", row.From, to, notes[i].who, notes[i].when)
		}
	}
	for i, note := range notes {
		require.True(t, used[i], "%s: no move is left for the note %q", title, note.when)
	}
}

func covers[S ~string](list []S, status S) bool {
	return len(list) == 0 || slices.Contains(list, status)
}

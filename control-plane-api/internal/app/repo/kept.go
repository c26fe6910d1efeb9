package repo

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// keptChanges is how many changes stay in a document after they are in the journal.
	keptChanges = 16
	// keptBytes is how large those may be together: what books hundreds of labs at once is long, and the whole document is
	// written with every change.
	keptBytes = 64 << 10
)

// kept gives the changes that stay: all that are not in the journal, and the last ones of the rest, one less than the
// limit, since the new one follows. Versions follow one another without a gap, so positions tell them. A watcher whom they do
// not reach takes the aggregate as a snapshot, and who looks for an older change finds it in the journal.
func kept(d store.Document) []json.RawMessage {
	waiting := min(max(0, int(d.Version-d.Journaled)), len(d.Changes))
	n, size := waiting, 0
	for n < min(keptChanges-1, len(d.Changes)) {
		if size += len(d.Changes[len(d.Changes)-1-n]); size > keptBytes {
			break
		}
		n++
	}
	return append([]json.RawMessage(nil), d.Changes[len(d.Changes)-n:]...)
}

// firstVersion is that of the first change which a document still has.
func firstVersion(d store.Document) int64 { return d.Version - int64(len(d.Changes)) + 1 }

// landed reports that a write is among the changes of a document.
func landed(d store.Document, w write) (bool, error) {
	_, found, err := newest(d, w.id, func(c journal.Change) bool { return c.WriteID == w.id })
	return found, err
}

// newest finds the newest change that is wanted. Only those are read that hold a text, since most calls look for what is in
// none of them. failure.Internal when one that holds it cannot be read: then nobody can tell.
func newest(d store.Document, text string, wanted func(journal.Change) bool) (journal.Change, bool, error) {
	quoted, err := json.Marshal(text)
	if err != nil { // strings always encode
		return journal.Change{}, false, unreadable(err, d)
	}
	for _, raw := range slices.Backward(d.Changes) {
		if !bytes.Contains(raw, quoted) {
			continue
		}
		change, err := journal.Decode(raw)
		if err != nil {
			return journal.Change{}, false, unreadable(err, d)
		}
		if wanted(change) {
			return change, true, nil
		}
	}
	return journal.Change{}, false, nil
}

func unreadable(err error, d store.Document) error {
	return failure.Wrap(err, failure.Internal, "state_unreadable", "the changes of %s cannot be read", d.ID)
}

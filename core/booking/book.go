package booking

import (
	"encoding/json"
	"slices"
	"time"
)

// MaxEntries is how many entries a book may have.
const MaxEntries = 2000

// Book is the book of one worker. In JSON it is an array of entries. It is a value without a lock: whoever stores it
// decides and writes in one compare-and-swap.
type Book struct {
	// Entries are in no special order; a holder has at most one.
	Entries []Entry
}

// MarshalJSON implements json.Marshaler.
func (b Book) MarshalJSON() ([]byte, error) {
	if b.Entries == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(b.Entries)
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Book) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &b.Entries) }

// Clone gives a book that can be changed without touching this one: what the scheduler plans with.
func (b Book) Clone() Book { return Book{Entries: slices.Clone(b.Entries)} }

// Find gives the entry of a holder.
func (b Book) Find(holder Holder) (Entry, bool) {
	if i := b.index(holder); i >= 0 {
		return b.Entries[i], true
	}
	return Entry{}, false
}

// Release removes the entry of a holder and tells whether there was one.
func (b *Book) Release(holder Holder) bool {
	i := b.index(holder)
	if i < 0 {
		return false
	}
	b.Entries = slices.Delete(b.Entries, i, i+1)
	return true
}

// HandOver makes an entry another holder's and tells whether it did; when it has been done before it reports true.
// It is refused when both have an entry. An entry handed to a lab record becomes open-ended, since the lab stays.
func (b *Book) HandOver(from, to Holder) bool {
	i, j := b.index(from), b.index(to)
	if i < 0 {
		return j >= 0
	}
	if j >= 0 {
		return from == to
	}
	entry := &b.Entries[i]
	entry.Holder = to
	if to.InstanceID == "" {
		entry.Until = time.Time{}
	}
	return true
}

func (b Book) index(holder Holder) int {
	for i := range b.Entries {
		if b.Entries[i].Holder == holder {
			return i
		}
	}
	return -1
}

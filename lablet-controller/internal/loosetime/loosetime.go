// Package loosetime reads the times of outside systems, which do not always write them as they say.
package loosetime

import (
	"encoding/json"
	"time"
)

// Time is an instant in JSON. One that cannot be read is the zero time: what else an answer says counts all the same.
type Time struct{ time.Time }

// layouts are those that were seen; a time without a zone is UTC.
func layouts() []string {
	return []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly}
}

// UnmarshalJSON implements json.Unmarshaler and never fails.
func (t *Time) UnmarshalJSON(raw []byte) error {
	t.Time = time.Time{}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	for _, layout := range layouts() {
		if at, err := time.Parse(layout, text); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	return nil
}

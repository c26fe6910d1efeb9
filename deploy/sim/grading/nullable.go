package grading

import "encoding/json"

// nullable is a text that a command must name, though it may be null.
type nullable struct {
	named bool
	value *string
}

func (n *nullable) UnmarshalJSON(raw []byte) error {
	n.named = true
	return json.Unmarshal(raw, &n.value)
}

func (n nullable) MarshalJSON() ([]byte, error) { return json.Marshal(n.value) }

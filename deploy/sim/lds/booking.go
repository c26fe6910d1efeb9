package lds

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// kind is what a field of a session may hold.
type kind int

const (
	text kind = iota
	textOrNumber
	whole
	date
)

type field struct {
	name     string
	kind     kind
	required bool
	nullable bool
}

// bookingFields are the fields of a session that a client may write and read.
func bookingFields() []field {
	return []field{
		{name: "origin", required: true},
		{name: "auth_id", required: true},
		{name: "auth_id_type", required: true},
		{name: "candidate_id", required: true},
		{name: "location", required: true},
		{name: "first_name", required: true},
		{name: "last_name", required: true},
		{name: "rack_group", required: true},
		{name: "rack_number", kind: textOrNumber, required: true},
		{name: "timezone_offset", kind: whole, required: true},
		{name: "scheduled_date", kind: date, required: true},
		{name: "password", nullable: true},
		{name: "email_address", nullable: true},
	}
}

type body map[string]json.RawMessage

func (b body) given(name string) bool {
	raw, found := b[name]
	return found && string(raw) != "null"
}

// book writes the client's fields into the record. With partial set only what
// the body names changes; without it the required ones must be there.
func (r *record) book(b body, partial bool) error {
	if r.Booking == nil {
		r.Booking = map[string]any{}
	}
	for _, f := range bookingFields() {
		raw, found := b[f.name]
		if !b.given(f.name) && !(found && f.nullable) {
			if found || (f.required && !partial) {
				return invalid("%s: field is required", f.name)
			}
			continue
		}
		value, err := f.read(raw)
		if err != nil {
			return err
		}
		r.Booking[f.name] = value
	}
	if err := r.limit(b); err != nil {
		return err
	}
	scheduled, ok := r.Booking["scheduled_date"].(string)
	if !ok {
		return invalid("scheduled_date: field is required")
	}
	r.Scheduled, _ = parseDate(scheduled) // read accepted it
	return nil
}

// limit reads the write-only fields that make a session a practice lab.
func (r *record) limit(b body) error {
	if raw, found := b["max_length_minutes"]; found {
		var minutes *int
		if err := json.Unmarshal(raw, &minutes); err != nil || (minutes != nil && *minutes < 0) {
			return invalid("max_length_minutes: not a valid integer")
		}
		r.MaxMinutes = minutes
	}
	if raw, found := b["user_timeslot_end"]; found {
		r.SlotEnd = nil
		if b.given("user_timeslot_end") {
			value, err := field{name: "user_timeslot_end", kind: date}.read(raw)
			if err != nil {
				return err
			}
			end, _ := parseDate(value.(string)) // read returns dates as strings that parse
			r.SlotEnd = &end
		}
	}
	return nil
}

// read checks one value and returns it in the form in which it is answered.
func (f field) read(raw json.RawMessage) (any, error) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, invalid("%s: %v", f.name, err)
	}
	if value == nil && f.nullable {
		return nil, nil
	}
	word, isText := value.(string)
	number, isNumber := value.(float64)
	isWhole := isNumber && number == math.Trunc(number)
	switch {
	case f.kind == whole && isWhole:
		return int(number), nil
	case f.kind == textOrNumber && isWhole:
		return strconv.Itoa(int(number)), nil
	case f.kind == date && isText:
		if _, err := parseDate(word); err != nil {
			return nil, invalid("%s: not a date", f.name)
		}
		return word, nil
	case (f.kind == text || f.kind == textOrNumber) && isText:
		return word, nil
	default:
		return nil, invalid("%s: wrong type", f.name)
	}
}

// parseDate reads ISO 8601 with offset, without (UTC) or a bare date.
func parseDate(text string) (time.Time, error) {
	var at time.Time
	var err error
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if at, err = time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, err
}

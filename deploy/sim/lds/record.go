package lds

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// record is one session as it is kept on disk. Its states are not stored but
// read off the history.
type record struct {
	ID      string    `json:"id"`
	Serial  int64     `json:"serial"` // order of creation
	Created time.Time `json:"created"`
	// Booking holds the client's fields as they are answered.
	Booking map[string]any `json:"booking"`
	// MaxMinutes and SlotEnd are write-only for clients: a practice lab's limits.
	MaxMinutes *int       `json:"max_minutes,omitempty"`
	SlotEnd    *time.Time `json:"slot_end,omitempty"`
	Scheduled  time.Time  `json:"scheduled"`
	Parts      []part     `json:"parts"`
	// Launched is when the launch URL was first fetched.
	Launched *time.Time  `json:"launched,omitempty"`
	History  []happening `json:"history"`
	// Sent counts the event slots (families per happening) dealt with.
	Sent int `json:"sent"`
	// Replay changes the ids of events when they are to look like new ones.
	Replay int `json:"replay,omitempty"`
}

// part is one part of a session.
type part struct {
	Num       int                        `json:"num"`
	Content   map[string]any             `json:"content"`
	Variables map[string]json.RawMessage `json:"variables,omitempty"`
	Devices   []device                   `json:"devices"`
	// Extra lengthens (or shortens) the time of the part, in minutes.
	Extra int `json:"extra,omitempty"`
}

// device is how the candidate reaches one device.
type device struct {
	Label    string  `json:"device_label"`
	Protocol string  `json:"protocol"`
	Host     string  `json:"host"`
	Port     *int    `json:"port,omitempty"`
	Password *string `json:"password,omitempty"`
}

// clone copies what a command may change in place. History is only appended to.
func (r record) clone() record {
	r.Parts = slices.Clone(r.Parts)
	r.Booking = maps.Clone(r.Booking)
	return r
}

func (r *record) part(num int) *part {
	for i := range r.Parts {
		if r.Parts[i].Num == num {
			return &r.Parts[i]
		}
	}
	return nil
}

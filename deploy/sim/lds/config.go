// Package lds simulates the Lab Delivery System: sessions with parts, devices
// and variables, the candidate who works in them, content folders read from
// object storage, and the CloudEvents that tell of it.
package lds

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/labpackage"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Objects reads object storage: the packages behind lab_folder/minio.
type Objects = labpackage.Objects

// Config is fixed for the life of a Server.
type Config struct {
	// Username and Password are what HTTP Basic must carry.
	Username, Password string
	// BaseURL begins the launch URLs; empty: the address that the caller used.
	BaseURL string
	// EventSource is the CloudEvents source; default https://labs.lcm.io.
	EventSource string
	// Objects may be nil: then no content folder can be loaded.
	Objects Objects
	// Sink receives the events; PUT /_sim/sink changes it at run time.
	Sink push.Sink
	// Transport carries the events; nil is the default transport.
	Transport http.RoundTripper
	// Timings replace DefaultTimings where nothing was kept from an earlier run.
	Timings *Timings
}

// Timings are the settings of PUT /_sim/timings. A body names only what changes.
type Timings struct {
	// CandidateAuto makes the candidate act alone: LoginAfterMS after the launch
	// URL was first fetched, never before the scheduled date or NotBefore, the
	// session begins; WorkForMS of work later it is user finished. Both are
	// simulated milliseconds.
	CandidateAuto bool       `json:"candidate_auto"`
	LoginAfterMS  int64      `json:"login_after_ms"`
	WorkForMS     int64      `json:"work_for_ms"`
	NotBefore     *time.Time `json:"not_before"`
	// AutoSince is when the settings last changed; set by the server. Nothing that
	// the candidate does because of a change is dated before it.
	AutoSince time.Time `json:"auto_since"`
	// CreateStatus answers POST lab_session: 201 (default) or 200.
	CreateStatus int `json:"create_status"`
	// ForgetFinalized answers 404 for finalized sessions.
	ForgetFinalized bool `json:"forget_finalized"`
	// LabletPrefix and PlatformPrefix begin the types of the two event families;
	// an empty one switches its family off.
	LabletPrefix   string `json:"lablet_prefix"`
	PlatformPrefix string `json:"platform_prefix"`
}

const timingsDoc = "timings"

// DefaultTimings is what a new simulator starts with: nobody logs in by himself
// and only the io.lablet events are sent.
func DefaultTimings() Timings {
	return Timings{
		LoginAfterMS: 5_000,
		WorkForMS:    60_000,
		CreateStatus: http.StatusCreated,
		LabletPrefix: "io.lablet.lds",
	}
}

func loadTimings(disk *kit.Disk, initial *Timings) (Timings, error) {
	t := DefaultTimings()
	if initial != nil {
		t = initial.clone()
	}
	if _, err := disk.Load(timingsDoc, &t); err != nil {
		return Timings{}, fmt.Errorf("lds: %w", err)
	}
	if err := t.validate(); err != nil {
		return Timings{}, fmt.Errorf("lds: timings: %w", err)
	}
	return t, nil
}

// clone shares nothing, so that decoding into the copy leaves the original alone.
func (t Timings) clone() Timings {
	if t.NotBefore != nil {
		at := *t.NotBefore
		t.NotBefore = &at
	}
	return t
}

func (t Timings) validate() error {
	if t.LoginAfterMS < 0 || t.WorkForMS < 0 {
		return errors.New("login_after_ms and work_for_ms must not be negative")
	}
	if t.CreateStatus != http.StatusOK && t.CreateStatus != http.StatusCreated {
		return fmt.Errorf("create_status is %d, want 200 or 201", t.CreateStatus)
	}
	return nil
}

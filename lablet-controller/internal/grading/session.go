package grading

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Pod tells the engine how to reach the devices of a lab.
type Pod struct {
	ID      string   `json:"id"`
	Devices []Device `json:"devices"`
}

// Device is a node. The engine wants at least one interface.
type Device struct {
	Label      string      `json:"label"`
	Hostname   string      `json:"hostname"`
	Collector  string      `json:"collector"`
	Interfaces []Interface `json:"interfaces"`
}

// Interface is a way to a node.
type Interface struct {
	Name           string         `json:"name"`
	Protocol       string         `json:"protocol"`
	Host           string         `json:"host"`
	Port           int            `json:"port"`
	Authentication Authentication `json:"authentication"`
}

// Authentication names a scheme, "none" where the interface asks for nothing.
type Authentication struct {
	Scheme string `json:"scheme"`
}

// NewSession is what a session is made of. ID is ours: the engine takes it, so making it twice can be seen.
type NewSession struct {
	ID           string
	CandidateID  string
	LDSSessionID string
	PartID       string
	Pod          Pod
}

// Session is a session as LCM needs it.
type Session struct {
	ID    string `json:"id"`
	Parts []Part `json:"parts"`
}

// Part is a graded form.
type Part struct {
	ID           string  `json:"id"`
	Status       string  `json:"status"`
	StatusReason string  `json:"statusReason"`
	Pod          *Pod    `json:"pod"`
	Report       *Report `json:"scoreReport"`
}

// Part finds a part by id.
func (s Session) Part(id string) (Part, bool) {
	for _, part := range s.Parts {
		if part.ID == id {
			return part, true
		}
	}
	return Part{}, false
}

// Phase is how far grading of a part is. The engine does not list its statuses; one that is not known is under way.
type Phase string

// The phases.
const (
	Idle    Phase = "idle"
	Working Phase = "working"
	Graded  Phase = "graded"
	Faulted Phase = "faulted"
)

// Phase tells how far the part is. A report of an earlier run does not make a part graded that is being graded again.
func (p Part) Phase() Phase {
	switch strings.ToUpper(p.Status) {
	case "FAULTED":
		return Faulted
	case "COLLECTING", "GRADING":
		return Working
	case "", "PENDING":
		return Idle
	default:
		if p.Report != nil {
			return Graded
		}
		return Working
	}
}

// Get reads a session; one that is not there is NotFound.
func (c *Client) Get(ctx context.Context, id string) (Session, error) {
	var s Session
	err := c.calls.Do(ctx, rest.Call{Method: http.MethodGet, Path: sessionPath(id)}, &s)
	return s, err
}

// Create makes a session with one part and its pod. Look with Get first.
func (c *Client) Create(ctx context.Context, n NewSession) error {
	part := map[string]any{"id": n.PartID}
	if len(n.Pod.Devices) > 0 {
		part["pod"] = n.Pod
	}
	body := map[string]any{"id": n.ID, "candidateId": n.CandidateID, "parts": []any{part}}
	if n.LDSSessionID != "" {
		body["lds"] = map[string]any{"id": n.LDSSessionID, "environment": nil}
	}
	return c.calls.Do(ctx, rest.Call{Method: http.MethodPost, Path: "/sessions", Body: body}, nil)
}

// Grade asks for grading of a part; the engine collects first. It answers before anything has happened.
func (c *Client) Grade(ctx context.Context, id, partID string) error {
	return c.calls.Do(ctx, rest.Call{Method: http.MethodPost, Path: partPath(id, partID) + "/grade"}, nil)
}

// RemovePart takes a part out of a session; one that is not there any more is no failure.
func (c *Client) RemovePart(ctx context.Context, id, partID string) error {
	err := c.calls.Do(ctx, rest.Call{Method: http.MethodDelete, Path: partPath(id, partID)}, nil)
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

func sessionPath(id string) string { return "/sessions/" + url.PathEscape(id) }

func partPath(id, partID string) string { return sessionPath(id) + "/parts/" + url.PathEscape(partID) }

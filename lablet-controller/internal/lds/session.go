package lds

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/loosetime"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Booking is what LCM asks a session for.
type Booking struct {
	// AuthID is LCM's own name of the session; LDS does not check that it is unique.
	AuthID            string
	FormQualifiedName string
	Scheduled         time.Time
}

// Session is a session as LCM needs it.
type Session struct {
	ID        string         `json:"id"`
	AuthID    string         `json:"auth_id"`
	State     string         `json:"state"`
	Finalized bool           `json:"is_finalized"`
	Created   loosetime.Time `json:"created"`
}

// maxSessionID is the longest id of a session that the API keeps.
const maxSessionID = 64

// Phase is how far a session is, as far as LCM acts on it. LDS does not list its states, so what is not known is Waiting.
type Phase string

// The phases.
const (
	Waiting  Phase = "waiting"
	Running  Phase = "running"
	Paused   Phase = "paused"
	Finished Phase = "finished"
)

// Phase tells how far the session is. A finalized session is finished whatever its state says.
func (s Session) Phase() Phase {
	switch word := strings.TrimPrefix(strings.ToUpper(s.State), "SESSION_"); {
	case s.Finalized, word == "USER_FINISHED", word == "FINALIZED", word == "ARCHIVING", word == "ARCHIVED":
		return Finished
	case word == "RUNNING":
		return Running
	case word == "PAUSED":
		return Paused
	default:
		return Waiting
	}
}

// Create makes a session with one part from the content folder and gives its id. It must not be repeated blindly: after
// a failure of kind Unavailable the session may exist (Find).
func (c *Client) Create(ctx context.Context, deployment string, b Booking) (string, error) {
	body := map[string]any{
		"origin": "lablet-cloud-manager", "auth_id": b.AuthID, "auth_id_type": "ordered_session", "candidate_id": b.AuthID,
		"location": "cloud", "timezone_offset": 0, "first_name": "Lablet", "last_name": "User", "rack_group": "LCM", "rack_number": 1,
		"scheduled_date": b.Scheduled.UTC().Format(time.RFC3339),
		"session_parts":  []map[string]any{{"repository_type": "minio", "form_qualified_name": b.FormQualifiedName}},
	}
	var made struct {
		SessionID string `json:"session_id"`
	}
	if err := c.do(ctx, deployment, rest.Call{Method: http.MethodPost, Path: "/lab_session", Body: body}, &made); err != nil {
		return "", err
	}
	if made.SessionID == "" || len(made.SessionID) > maxSessionID {
		return "", failure.New(failure.Unavailable, "lds_bad_answer", "LDS made a session and did not name it.")
	}
	return made.SessionID, nil
}

// Get reads a session; one that LDS does not know (any more) is NotFound.
func (c *Client) Get(ctx context.Context, deployment, id string) (Session, error) {
	var s Session
	err := c.do(ctx, deployment, rest.Call{Method: http.MethodGet, Path: sessionPath(id)}, &s)
	if err == nil && s.ID == "" {
		s.ID = id
	}
	return s, err
}

// Release finalizes a session. LDS wants a body although there is nothing to say.
func (c *Client) Release(ctx context.Context, deployment, id string) error {
	return c.do(ctx, deployment, rest.Call{Method: http.MethodPost, Path: sessionPath(id) + "/release", Body: struct{}{}}, nil)
}

// Finish ends a candidate's work although the candidate has not.
func (c *Client) Finish(ctx context.Context, deployment, id string) error {
	return c.do(ctx, deployment, rest.Call{Method: http.MethodPut, Path: sessionPath(id) + "/force_user_finished"}, nil)
}

// Pause keeps a session for a candidate who will come back. One that is paused already is no failure.
func (c *Client) Pause(ctx context.Context, deployment, id string) error {
	return c.do(ctx, deployment, rest.Call{Method: http.MethodPut, Path: sessionPath(id) + "/pause"}, nil)
}

// Resume lets a paused session go on. One that runs is no failure.
func (c *Client) Resume(ctx context.Context, deployment, id string) error {
	return c.do(ctx, deployment, rest.Call{Method: http.MethodPut, Path: sessionPath(id) + "/resume"}, nil)
}

func sessionPath(id string) string { return "/lab_session/" + url.PathEscape(id) }

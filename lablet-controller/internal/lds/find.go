package lds

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Find looks for the sessions that LCM made under a name, oldest first, finalized ones left out. LDS has no search: the
// report of all sessions is read, and where that cannot be had, the newest session of the states in which a fresh one is.
// sure is false when what was read cannot rule out that there are others.
func (c *Client) Find(ctx context.Context, deployment, authID string) (found []Session, sure bool, err error) {
	found, err = c.reported(ctx, deployment, authID)
	if err == nil {
		return found, true, nil
	}
	if unreachable(err) {
		return nil, false, err
	}
	found, err = c.newest(ctx, deployment, authID)
	return found, false, err
}

func (c *Client) reported(ctx context.Context, deployment, authID string) ([]Session, error) {
	var report struct {
		Sessions []Session `json:"lab_sessions"`
	}
	if err := c.do(ctx, deployment, rest.Call{Method: http.MethodGet, Path: "/reporting/lab_session"}, &report); err != nil {
		return nil, err
	}
	return ours(report.Sessions, authID), nil
}

// newest asks for the latest session of each early state.
func (c *Client) newest(ctx context.Context, deployment, authID string) ([]Session, error) {
	var all []Session
	for _, state := range []string{"SESSION_PENDING", "SESSION_PRELAUNCH"} {
		var latest struct {
			ID string `json:"latest_session_id"`
		}
		call := rest.Call{Method: http.MethodGet, Path: "/lab_session", Query: url.Values{"state": {state}}}
		err := c.do(ctx, deployment, call, &latest)
		if unreachable(err) {
			return nil, err
		}
		if err != nil || latest.ID == "" {
			continue
		}
		session, err := c.Get(ctx, deployment, latest.ID)
		if err != nil && !failure.Is(err, failure.NotFound) {
			return nil, err
		}
		if err == nil {
			all = append(all, session)
		}
	}
	return ours(all, authID), nil
}

// unreachable tells that LDS as a whole cannot be asked, rather than this one question.
func unreachable(err error) bool {
	return failure.Is(err, failure.Unavailable) || failure.Is(err, failure.Throttled) || failure.Is(err, failure.Forbidden) || isContext(err)
}

func ours(all []Session, authID string) []Session {
	all = slices.DeleteFunc(all, func(s Session) bool { return s.AuthID != authID || s.Finalized || s.ID == "" })
	slices.SortFunc(all, func(a, b Session) int { return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(all, func(a, b Session) bool { return a.ID == b.ID })
}

package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// NewsKind is what news are about.
type NewsKind string

// The kinds of news.
const (
	// NewsBegan: the candidate began. NewsFinished: he has finished, or the session was closed.
	NewsBegan    NewsKind = "began"
	NewsFinished NewsKind = "finished"
	// NewsOther is a reason to look.
	NewsOther NewsKind = "other"
)

// News is an event of an outside system about an instance.
type News struct {
	instance.News
	Kind NewsKind
	// Sessions are ids that may be the instance's LDS session, Instances such as may be its own id; the first that fits counts.
	Sessions, Instances []string
}

// ApplyNews does what news tell. What does not fit the instance's status is no change. Codes: instance_not_found.
func (c *Commands) ApplyNews(ctx context.Context, n News) (api.Ack, error) {
	id, session, err := c.subjectOf(ctx, n)
	if err != nil {
		return api.Ack{}, err
	}
	ch, err := c.updateInstance(call.AtGeneration(ctx, 0), id, func(i *instance.Instance, act parts.Act) error {
		if session != "" && i.LDSSessionID != session {
			return unknownSubject()
		}
		switch n.Kind {
		case NewsBegan:
			return i.Began(act.Because("session_started"))
		case NewsFinished:
			return i.Finished(n.News, act.Because("user_finished"))
		default:
			i.Hear(n.News, act)
			return nil
		}
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

// subjectOf finds the instance by its LDS session, else by its own id.
func (c *Commands) subjectOf(ctx context.Context, n News) (id, session string, err error) {
	for _, session := range n.Sessions {
		found, err := c.d.Instances.Find(ctx, store.Query{Equal: map[string][]string{FieldSession: {session}}, Limit: 1, Desc: true})
		if err != nil {
			return "", "", err
		}
		if len(found) > 0 {
			return found[0].Value.ID, session, nil
		}
	}
	for _, id := range n.Instances {
		_, _, err := c.d.Instances.Get(ctx, id)
		if err == nil {
			return id, "", nil
		}
		if !failure.Is(err, failure.NotFound) {
			return "", "", err
		}
	}
	return "", "", unknownSubject()
}

func unknownSubject() error {
	return failure.New(failure.NotFound, "instance_not_found", "no instance is what the event is about")
}

package instance

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/loosetime"
)

// fakeLDS is an LDS whose candidate logs in 60 s after the launch URL was first asked for, and works for 120 s.
type fakeLDS struct {
	w        *world
	sessions []*fakeSession
	devices  []lds.Device
	// idle keeps the candidate away, unsure makes the report useless, down refuses all.
	idle, unsure, down, paused bool
	none                       bool
}

type fakeSession struct {
	session            lds.Session
	launched           time.Time
	finished, released bool
}

func newFakeLDS(w *world) *fakeLDS { return &fakeLDS{w: w} }

func (f *fakeLDS) For(string) (string, bool) { return "eu", !f.none }
func (f *fakeLDS) Names() []string           { return []string{"eu"} }

var errNoSession = failure.New(failure.NotFound, "lds_not_found", "no such session")

func (f *fakeLDS) call(name string, effect func() error) error {
	return f.w.call("lds "+name, func() error {
		if f.down {
			return failure.New(failure.Unavailable, "lds_unavailable", "LDS does not answer.")
		}
		return effect()
	})
}

func (f *fakeLDS) with(name, id string, effect func(*fakeSession)) error {
	return f.call(name, func() error {
		for _, s := range f.sessions {
			if s.session.ID == id {
				s.session.Finalized = s.released
				effect(s)
				return nil
			}
		}
		return errNoSession
	})
}

func (f *fakeLDS) Create(_ context.Context, _ string, b lds.Booking) (id string, err error) {
	err = f.call("create", func() error {
		id = fmt.Sprintf("session-%d", len(f.sessions)+1)
		f.sessions = append(f.sessions, &fakeSession{session: lds.Session{ID: id, AuthID: b.AuthID, State: "SESSION_PENDING", Created: loosetime.Time{Time: f.w.now}}})
		return nil
	})
	return id, err
}

func (f *fakeLDS) Find(_ context.Context, _, authID string) (found []lds.Session, sure bool, err error) {
	err = f.call("find", func() error {
		for _, s := range f.sessions {
			if !f.unsure && s.session.AuthID == authID && !s.released {
				found = append(found, s.session)
			}
		}
		return nil
	})
	return found, !f.unsure, err
}

func (f *fakeLDS) Get(_ context.Context, _, id string) (session lds.Session, err error) {
	err = f.with("get", id, func(s *fakeSession) {
		session = s.session
		session.State = f.stateOf(s)
	})
	return session, err
}

func (f *fakeLDS) stateOf(s *fakeSession) string {
	worked := f.w.now.Sub(s.launched)
	switch {
	case s.finished:
		return "SESSION_USER_FINISHED"
	case f.idle || s.launched.IsZero() || worked < time.Minute:
		return "SESSION_PENDING"
	case worked < 3*time.Minute:
		return "SESSION_RUNNING"
	default:
		return "SESSION_USER_FINISHED"
	}
}

func (f *fakeLDS) Finish(_ context.Context, _, id string) error {
	return f.with("finish", id, func(s *fakeSession) { s.finished = true })
}

func (f *fakeLDS) Pause(_ context.Context, _, id string) error {
	return f.with("pause", id, func(*fakeSession) { f.paused = true })
}

func (f *fakeLDS) Resume(_ context.Context, _, id string) error {
	return f.with("resume", id, func(*fakeSession) { f.paused = false })
}

func (f *fakeLDS) Release(_ context.Context, _, id string) error {
	return f.with("release", id, func(s *fakeSession) { s.released = true })
}

func (f *fakeLDS) SetDevices(_ context.Context, _, id string, devices []lds.Device) error {
	return f.with("devices", id, func(*fakeSession) { f.devices = devices })
}

func (f *fakeLDS) LaunchURL(_ context.Context, _, id string) (url secret.String, err error) {
	err = f.with("launch", id, func(s *fakeSession) {
		if s.launched.IsZero() {
			s.launched = f.w.now
		}
		url = secret.New("https://lds.example/?jwt=" + id)
	})
	return url, err
}

// fakeGrader is an engine that needs 5 s for a part.
type fakeGrader struct {
	w        *world
	sessions map[string]*grading.Session
	created  int
	graded   int
	asked    time.Time
	pod      grading.Pod
	faults   bool
	stuck    bool
	removed  int
}

func newFakeGrader(w *world) *fakeGrader {
	return &fakeGrader{w: w, sessions: map[string]*grading.Session{}}
}

func (f *fakeGrader) Get(_ context.Context, id string) (session grading.Session, err error) {
	err = f.w.call("grading get", func() error {
		s, ok := f.sessions[id]
		if !ok {
			return failure.New(failure.NotFound, "grading_not_found", "none")
		}
		if !f.asked.IsZero() && len(s.Parts) > 0 {
			s.Parts[0].Status = "GRADING"
			if !f.stuck && f.w.now.Sub(f.asked) > 5*time.Second {
				f.settle(&s.Parts[0])
			}
		}
		session = *s
		return nil
	})
	return session, err
}

func (f *fakeGrader) settle(p *grading.Part) {
	if f.faults {
		p.Status, p.StatusReason = "FAULTED", "a device did not answer"
		return
	}
	p.Status = "GRADED"
	p.Report = &grading.Report{Score: 8, MaxScore: 10, CreatedAt: loosetime.Time{Time: f.asked}, Sections: []grading.SectionReport{
		{ID: "s1", Score: 8, MaxScore: 10, Items: []grading.ItemReport{{ID: "i1", Score: 8, MaxScore: 10}}},
	}}
}

func (f *fakeGrader) Create(_ context.Context, n grading.NewSession) error {
	return f.w.call("grading create", func() error {
		f.created++
		f.pod = n.Pod
		f.sessions[n.ID] = &grading.Session{ID: n.ID, Parts: []grading.Part{{ID: n.PartID, Status: "PENDING"}}}
		return nil
	})
}

func (f *fakeGrader) Grade(context.Context, string, string) error {
	return f.w.call("grading grade", func() error {
		if f.asked.IsZero() {
			f.graded++
			f.asked = f.w.now
		}
		return nil
	})
}

func (f *fakeGrader) RemovePart(_ context.Context, id, _ string) error {
	return f.w.call("grading remove", func() error {
		f.removed++
		f.sessions[id].Parts = nil
		return nil
	})
}

func (f *fakeGrader) CutScore(context.Context, string) (cut int, ok bool, err error) {
	return 7, true, f.w.call("grading cut", func() error { return nil })
}

package grading

import (
	"html"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
)

func (s *Server) createSession(w http.ResponseWriter, r *http.Request) error {
	var in createSession
	if err := decode(r, &in); err != nil {
		return err
	}
	now := s.kit.Clock.Now()
	doc := record{ID: uuid.NewString(), CandidateID: in.CandidateID, Created: now, Parts: []partRecord{}}
	if in.ID != nil {
		doc.ID = *in.ID
	}
	if in.LDS != nil {
		doc.LDS = in.LDS.view()
	}
	for _, p := range in.Parts {
		doc.Parts = append(doc.Parts, p.record(now))
	}
	if err := s.insert(doc); err != nil {
		return err
	}
	return respond(w, r, doc.view())
}

func (p createPart) record(now time.Time) partRecord {
	return partRecord{ID: p.ID, Created: now, Pod: p.Pod.view(), Runs: []run{}, Audit: []audit{}}
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	doc, err := s.get(web.Param(r, "id"))
	if err != nil {
		return err
	}
	return respond(w, r, doc.view())
}

func (s *Server) addPart(w http.ResponseWriter, r *http.Request) error {
	var in addPart
	if err := decode(r, &in); err != nil {
		return err
	}
	doc, err := s.update(in.SessionID, func(doc *record, now time.Time) error {
		if doc.part(in.Part.ID) != nil {
			return senseless("part %s exists already", in.Part.ID)
		}
		doc.Parts = append(doc.Parts, in.Part.record(now))
		doc.touch(nil, now, "")
		return nil
	})
	return s.answer(w, r, doc, err)
}

func (s *Server) removePart(w http.ResponseWriter, r *http.Request) error {
	return s.editPart(w, r, func(doc *record, p *partRecord, now time.Time) error {
		id := p.ID
		doc.Parts = slices.DeleteFunc(doc.Parts, func(p partRecord) bool { return p.ID == id })
		doc.touch(nil, now, "")
		return nil
	})
}

// editPart changes one part and answers the session.
func (s *Server) editPart(w http.ResponseWriter, r *http.Request, edit func(*record, *partRecord, time.Time) error) error {
	doc, err := s.changePart(r, edit)
	return s.answer(w, r, doc, err)
}

func (s *Server) changePart(r *http.Request, edit func(*record, *partRecord, time.Time) error) (record, error) {
	id := web.Param(r, "part")
	return s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		p := doc.part(id)
		if p == nil {
			return missing("part %s does not exist", id)
		}
		return edit(doc, p, now)
	})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, doc record, err error) error {
	if err != nil {
		return err
	}
	return respond(w, r, doc.view())
}

// viewScore is a page for people.
func (s *Server) viewScore(w http.ResponseWriter, r *http.Request) error {
	doc, err := s.get(web.Param(r, "id"))
	if err != nil {
		return err
	}
	page := "<!doctype html><title>Score</title><h1>Score</h1><ul>"
	for i := range doc.Parts {
		p := &doc.Parts[i]
		page += "<li>" + html.EscapeString(p.ID) + ": " + p.status()
		if rep := p.report(); rep != nil {
			page += " " + strconv.Itoa(rep.Score) + " of " + strconv.Itoa(rep.MaxScore)
		}
		page += "</li>"
	}
	return write(w, "text/html; charset=utf-8", []byte(page+"</ul>"))
}

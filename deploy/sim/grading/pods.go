package grading

import (
	"net/http"
	"time"
)

// podBody is a bare pod as a whole body.
type podBody struct{ pod }

func (p podBody) check(f faultsOf) { p.pod.check("", f) }

func (s *Server) assignPod(w http.ResponseWriter, r *http.Request) error {
	return s.setPod(w, r, "assign pod", func(*partRecord) error { return nil })
}

func (s *Server) updatePod(w http.ResponseWriter, r *http.Request) error {
	return s.setPod(w, r, "update pod", func(p *partRecord) error {
		if p.Pod == nil {
			return missing("part %s has no pod", p.ID)
		}
		return nil
	})
}

func (s *Server) setPod(w http.ResponseWriter, r *http.Request, action string, allowed func(*partRecord) error) error {
	var in podBody
	if err := decode(r, &in); err != nil {
		return err
	}
	return s.editPart(w, r, func(doc *record, p *partRecord, now time.Time) error {
		if err := allowed(p); err != nil {
			return err
		}
		p.Pod = in.view()
		doc.touch(p, now, action)
		return nil
	})
}

func (s *Server) unassignPod(w http.ResponseWriter, r *http.Request) error {
	return s.editPart(w, r, func(doc *record, p *partRecord, now time.Time) error {
		p.Pod = nil
		doc.touch(p, now, "unassign pod")
		return nil
	})
}

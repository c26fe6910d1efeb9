package lds

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// create keeps a new session and returns it.
func (s *Server) create(doc record) (record, error) {
	doc.ID, doc.Created = uuid.NewString(), s.kit.Clock.Now()
	doc.add(happening{At: doc.Created, Verb: created})
	for _, p := range doc.Parts {
		doc.add(happening{At: doc.Created, Verb: added, Part: p.Num})
	}
	s.mu.Lock()
	s.serial++
	doc.Serial = s.serial
	s.mu.Unlock()
	if err := s.disk.Save(doc.ID, doc); err != nil {
		return record{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := &session{doc: doc}
	s.sessions[doc.ID], s.unsent[doc.ID] = kept, kept
	return doc, nil
}

// update brings a session up to date, lets edit change it and keeps the result
// before it is visible. An error of edit changes nothing.
func (s *Server) update(id string, edit func(r *record, now time.Time) error) (record, error) {
	kept, settings := s.find(id)
	if kept == nil {
		return record{}, missing("session %s does not exist", id)
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	doc := kept.doc.clone()
	doc.advance(s.kit.Clock, settings)
	if settings.ForgetFinalized && doc.last(0) == finalized {
		return record{}, missing("session %s does not exist", id)
	}
	if err := edit(&doc, s.kit.Clock.Now()); err != nil {
		return record{}, err
	}
	if err := s.disk.Save(doc.ID, doc); err != nil {
		return record{}, err
	}
	kept.doc = doc
	return doc, nil
}

// get returns a session as it is now.
func (s *Server) get(id string) (record, error) {
	kept, settings := s.find(id)
	if kept == nil {
		return record{}, missing("session %s does not exist", id)
	}
	doc, err := s.refresh(kept, settings)
	if err != nil {
		return record{}, err
	}
	if settings.ForgetFinalized && doc.last(0) == finalized {
		return record{}, missing("session %s does not exist", id)
	}
	return doc, nil
}

// refresh keeps what happened by itself since the last look.
func (s *Server) refresh(kept *session, settings Timings) (record, error) {
	kept.mu.Lock()
	defer kept.mu.Unlock()
	doc := kept.doc
	doc.advance(s.kit.Clock, settings)
	if len(doc.History) == len(kept.doc.History) {
		return doc, nil
	}
	if err := s.disk.Save(doc.ID, doc); err != nil {
		return record{}, err
	}
	kept.doc = doc
	return doc, nil
}

// all returns every session, the newest first; state "" takes any.
func (s *Server) all(state string) ([]record, error) {
	s.mu.RLock()
	list := make([]*session, 0, len(s.sessions))
	for _, kept := range s.sessions {
		list = append(list, kept)
	}
	settings := s.timings
	s.mu.RUnlock()
	docs := make([]record, 0, len(list))
	for _, kept := range list {
		doc, err := s.refresh(kept, settings)
		if err != nil {
			return nil, err
		}
		if state == "" || doc.state() == state {
			docs = append(docs, doc)
		}
	}
	slices.SortFunc(docs, func(a, b record) int { return cmp.Compare(b.Serial, a.Serial) })
	return docs, nil
}

func (s *Server) find(id string) (*session, Timings) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sessions[id], s.timings
}

package lds

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func partNumber(r *http.Request) (int, error) {
	num, err := strconv.Atoi(web.Param(r, "num"))
	if err != nil || num < 1 {
		return 0, invalid("part number must be an integer from 1")
	}
	return num, nil
}

// showPart answers something of an existing part.
func (s *Server) showPart(w http.ResponseWriter, r *http.Request, view func(record, part) any) error {
	num, err := partNumber(r)
	if err != nil {
		return err
	}
	doc, err := s.get(web.Param(r, "id"))
	if err != nil {
		return err
	}
	p := doc.part(num)
	if p == nil {
		return missing("part %d does not exist", num)
	}
	kit.WriteJSON(w, http.StatusOK, view(doc, *p))
	return nil
}

// editPart changes an existing part of a session that is not finalized.
func (s *Server) editPart(r *http.Request, edit func(*record, *part, time.Time) error) (record, int, error) {
	num, err := partNumber(r)
	if err != nil {
		return record{}, 0, err
	}
	doc, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		p := doc.part(num)
		if p == nil {
			return missing("part %d does not exist", num)
		}
		if doc.last(0) == finalized {
			return conflict("session is %s", doc.state())
		}
		return edit(doc, p, now)
	})
	return doc, num, err
}

func (s *Server) getPart(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, func(doc record, p part) any { return doc.partView(p) })
}

func (s *Server) addPart(w http.ResponseWriter, r *http.Request) error {
	num, p, err := readPart(r)
	if err != nil {
		return err
	}
	doc, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		if doc.part(num) != nil {
			return conflict("part %d exists already", num)
		}
		if verb := doc.last(0); verb == userFinished || verb == finalized {
			return conflict("session is %s", doc.state())
		}
		doc.Parts = append(doc.Parts, p)
		slices.SortFunc(doc.Parts, func(a, b part) int { return a.Num - b.Num })
		doc.add(happening{At: now, Verb: added, Part: num})
		return nil
	})
	return writePart(w, doc, num, err)
}

func (s *Server) replacePart(w http.ResponseWriter, r *http.Request) error {
	_, wanted, err := readPart(r)
	if err != nil {
		return err
	}
	doc, num, err := s.editPart(r, func(_ *record, p *part, _ time.Time) error {
		p.Content, p.Variables = wanted.Content, wanted.Variables
		return nil
	})
	return writePart(w, doc, num, err)
}

func (s *Server) deletePart(w http.ResponseWriter, r *http.Request) error {
	_, _, err := s.editPart(r, func(doc *record, gone *part, _ time.Time) error {
		num := gone.Num
		doc.Parts = slices.DeleteFunc(doc.Parts, func(p part) bool { return p.Num == num })
		return nil
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) extendPart(w http.ResponseWriter, r *http.Request) error {
	return s.moveTime(w, r, "time_extension")
}

func (s *Server) adjustPart(w http.ResponseWriter, r *http.Request) error {
	return s.moveTime(w, r, "time_adjustment")
}

func (s *Server) moveTime(w http.ResponseWriter, r *http.Request, name string) error {
	var in map[string]*int
	if err := decode(r, &in); err != nil {
		return err
	}
	if in[name] == nil {
		return invalid("%s: minutes are required", name)
	}
	_, _, err := s.editPart(r, func(_ *record, p *part, _ time.Time) error {
		p.Extra += *in[name]
		return nil
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) collectPart(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, func(record, part) any {
		return map[string]any{"sections": map[string]any{}} // nobody answers questions here
	})
}

func readPart(r *http.Request) (int, part, error) {
	num, err := partNumber(r)
	if err != nil {
		return 0, part{}, err
	}
	var raw json.RawMessage
	if err := decode(r, &raw); err != nil {
		return 0, part{}, err
	}
	p, err := partContent(num, raw)
	return num, p, err
}

func writePart(w http.ResponseWriter, doc record, num int, err error) error {
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, doc.partView(*doc.part(num)))
	return nil
}

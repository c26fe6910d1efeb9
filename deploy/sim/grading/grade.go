package grading

import (
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
)

// gradePart begins a run; the answer has no body and comes before any result.
func (s *Server) gradePart(w http.ResponseWriter, r *http.Request) error {
	return s.begin(w, r, func(*partRecord) error { return nil })
}

// gradeItem grades one item again, here with the whole part.
func (s *Server) gradeItem(w http.ResponseWriter, r *http.Request) error {
	at, err1 := strconv.Atoi(web.Param(r, "section"))
	in, err2 := strconv.Atoi(web.Param(r, "item"))
	if err1 != nil || err2 != nil {
		return invalid(faultsOf{"sectionIndex": {"Section and item must be integers."}})
	}
	return s.begin(w, r, func(p *partRecord) error {
		for _, section := range planOf(s.toolkits[p.ID].Rules, p.Pod) {
			for _, item := range section.Items {
				if section.Index == at && item.Index == in {
					return nil
				}
			}
		}
		return missing("section %d has no item %d", at, in)
	})
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, allowed func(*partRecord) error) error {
	recollect := false
	if text := r.URL.Query().Get("recollect"); text != "" {
		var err error
		if recollect, err = strconv.ParseBool(text); err != nil {
			return invalid(faultsOf{"recollect": {"The value is not a boolean."}})
		}
	}
	_, err := s.changePart(r, func(doc *record, p *partRecord, now time.Time) error {
		if err := allowed(p); err != nil {
			return err
		}
		return s.addRun(doc, p, now, recollect)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// addRun begins a run unless one is under way. The caller holds the lock.
func (s *Server) addRun(doc *record, p *partRecord, now time.Time, recollect bool) error {
	switch last := p.lastRun(); {
	case p.Submitted != nil:
		return senseless("part %s is submitted", p.ID)
	case p.Pod == nil || len(p.Pod.Devices) == 0:
		return senseless("part %s has no pod with devices", p.ID)
	case last != nil && !last.done():
		return nil
	}
	how, err := s.outcomeFor(doc.ID, p.ID)
	if err != nil {
		return err
	}
	next := run{
		Collects: true, CollectionID: uuid.NewString(), GradingID: uuid.NewString(), AggregateID: doc.ID,
		Outcome: how, Steps: []step{{Status: pending, At: now}},
	}
	if p.Pod.ID != nil && *p.Pod.ID != "" {
		next.AggregateID = *p.Pod.ID
	}
	if before, found := p.collection(); found && !recollect {
		next.Collects, next.CollectionID = false, before
	}
	p.Runs = append(p.Runs, next)
	doc.touch(p, now, "grade")
	return nil
}

// collection returns the id of the newest collection that succeeded.
func (p *partRecord) collection() (string, bool) {
	for i := len(p.Runs) - 1; i >= 0; i-- {
		r := p.Runs[i]
		if r.Collects && r.done() && r.failedIn() != collecting {
			return r.CollectionID, true
		}
	}
	return "", false
}

func (s *Server) submitPart(w http.ResponseWriter, r *http.Request) error {
	return s.editPart(w, r, func(doc *record, p *partRecord, now time.Time) error {
		if status := p.status(); status != graded && status != submitted {
			return senseless("part %s is %s", p.ID, status)
		}
		if p.Submitted == nil {
			p.Submitted = &now
			doc.touch(p, now, "submit")
		}
		return nil
	})
}

package lds

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func (s *Server) pauseSession(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(doc *record, now time.Time) error { return doc.pause(now, "requested") })
}

func (s *Server) resumeSession(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(doc *record, now time.Time) error { return doc.resume(now) })
}

// releaseSession archives a session. LDS refuses a call without a JSON body,
// be it an empty object or null.
func (s *Server) releaseSession(w http.ResponseWriter, r *http.Request) error {
	var in *map[string]json.RawMessage
	if r.ContentLength == 0 {
		return newProblem(http.StatusUnsupportedMediaType, "ERR_UNSUPPORTED_MEDIA_TYPE", "a JSON body is required")
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	return s.change(w, r, func(doc *record, now time.Time) error {
		doc.finalize(now)
		return nil
	})
}

func (s *Server) change(w http.ResponseWriter, r *http.Request, edit func(*record, time.Time) error) error {
	if _, err := s.update(web.Param(r, "id"), edit); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) forceUserFinished(w http.ResponseWriter, r *http.Request) error {
	_, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		return doc.finish(now, "admin", "forced")
	})
	return result(w, err, "Session and its parts are user finished")
}

// refreshStatus finishes a session whose last part is finished.
func (s *Server) refreshStatus(w http.ResponseWriter, r *http.Request) error {
	message := ""
	_, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		message = "Session is " + doc.state()
		current := doc.currentPart()
		if len(doc.Parts) > 0 && current != doc.Parts[len(doc.Parts)-1].Num {
			message = "Not on final LDS Session Part"
			return nil
		}
		if doc.last(current) == userFinished && doc.last(0) != finalized {
			message = "Session is user finished"
			return doc.finish(now, "user", "last part finished")
		}
		return nil
	})
	return result(w, err, message)
}

func result(w http.ResponseWriter, err error, message string) error {
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, map[string]string{"result": message})
	return nil
}

func invalidBody(err error) error {
	if errors.Is(err, kit.ErrTooLarge) {
		return err
	}
	return invalid("%v", err)
}

package lds

import (
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/labpackage"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const foldersDoc = "folders"

// folder is a content package that LDS has loaded.
type folder struct {
	Meta   map[string]any `json:"meta"`
	Loaded time.Time      `json:"loaded"`
}

// folderFields must be in every LabFolder answer.
func folderFields() []string {
	return []string{
		"DatePublished", "ExamId", "ExamVersion", "FormId", "FormName", "FormSetId",
		"ModuleId", "TrackId", "TrackLongName", "TrackShortName", "Version",
	}
}

func (f folder) view() map[string]any {
	v := map[string]any{"stdout": "", "stderr": ""}
	for _, name := range folderFields() {
		v[name] = ""
	}
	maps.Copy(v, f.Meta)
	return v
}

func (s *Server) getFolder(w http.ResponseWriter, r *http.Request) error {
	slug, err := labpackage.Slug(web.Param(r, "fqn"))
	if err != nil {
		return missing("%v", err)
	}
	s.mu.RLock()
	kept, found := s.folders[slug]
	s.mu.RUnlock()
	if !found {
		return missing("folder %s is not loaded", slug)
	}
	kit.WriteJSON(w, http.StatusOK, kept.view())
	return nil
}

// loadFolder reads the package again from object storage.
func (s *Server) loadFolder(w http.ResponseWriter, r *http.Request) error {
	fqn := web.Param(r, "fqn")
	p, err := s.fetch(r, fqn)
	if err != nil {
		return err
	}
	meta, err := p.Meta()
	if err != nil {
		return newProblem(http.StatusUnprocessableEntity, "ERR_CONTENT", "%v", err)
	}
	slug, err := labpackage.Slug(fqn)
	if err != nil {
		return missing("%v", err)
	}
	loaded := folder{Meta: meta, Loaded: s.kit.Clock.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.folders)
	next[slug] = loaded
	if err := s.kit.Disk.Save(foldersDoc, next); err != nil {
		return err
	}
	s.folders = next
	kit.WriteJSON(w, http.StatusOK, loaded.view())
	return nil
}

// validateFolder answers 200 for invalid content too; only a missing package is
// an error.
func (s *Server) validateFolder(w http.ResponseWriter, r *http.Request) error {
	p, err := s.fetch(r, web.Param(r, "fqn"))
	var known *problem
	if errors.As(err, &known) && known.Status != http.StatusUnprocessableEntity {
		return err
	}
	if err == nil {
		err = p.Validate()
	}
	answer := map[string]any{"is_valid": err == nil, "message": "content is valid"}
	if err != nil {
		answer["message"] = err.Error()
	}
	kit.WriteJSON(w, http.StatusOK, answer)
	return nil
}

// svnFolder stands for the older content repository, which holds nothing here.
func (s *Server) svnFolder(_ http.ResponseWriter, r *http.Request) error {
	return missing("the SVN repository has no %s/%s", web.Param(r, "track"), web.Param(r, "version"))
}

func (s *Server) fetch(r *http.Request, fqn string) (*labpackage.Package, error) {
	if s.cfg.Objects == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "ERR_STORAGE", "object storage is not available")
	}
	p, err := labpackage.Fetch(r.Context(), s.cfg.Objects, fqn)
	if errors.Is(err, labpackage.ErrNotFound) {
		return nil, missing("%v", err)
	}
	if err != nil {
		return nil, newProblem(http.StatusUnprocessableEntity, "ERR_CONTENT", "%v", err)
	}
	return p, nil
}

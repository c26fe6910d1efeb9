package grading

import (
	"context"
	"encoding/base64"
	"errors"
	"html"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/labpackage"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
)

// toolkitRecord is what the engine knows of a part id.
type toolkitRecord struct {
	PartID   string         `json:"partId"`
	Synced   *time.Time     `json:"synced,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
	Rules    rules          `json:"rules"`
	PodXML   string         `json:"podXml,omitempty"`
	Scoring  *scoring       `json:"scoring,omitempty"`
}

type syncCommand struct {
	PartID string `json:"partId"`
}

func (c syncCommand) check(f faultsOf) { f.need("partId", c.PartID, 3) }

// synchronize reads the toolkit of a part from its package in object storage.
func (s *Server) synchronize(w http.ResponseWriter, r *http.Request) error {
	var in syncCommand
	if err := decode(r, &in); err != nil {
		return err
	}
	read, err := s.readToolkit(r.Context(), in.PartID)
	if err != nil {
		return err
	}
	return s.keepToolkit(w, in.PartID, func(t *toolkitRecord) {
		now := s.kit.Clock.Now()
		t.Synced, t.Metadata, t.Rules, t.PodXML = &now, read.Metadata, read.Rules, read.PodXML
	})
}

func (s *Server) readToolkit(ctx context.Context, id string) (toolkitRecord, error) {
	if s.cfg.Objects == nil {
		return toolkitRecord{}, nil
	}
	p, err := labpackage.Fetch(ctx, s.cfg.Objects, id)
	if errors.Is(err, labpackage.ErrNotFound) {
		return toolkitRecord{}, missing("part %s has no package", id)
	}
	if err != nil {
		return toolkitRecord{}, newProblem(http.StatusInternalServerError, "%v", err)
	}
	var t toolkitRecord
	if meta, err := p.Meta(); err == nil {
		t.Metadata = camel(meta)
	}
	if _, raw, err := p.Named("pod.xml"); err == nil {
		t.PodXML = base64.StdEncoding.EncodeToString(raw)
	}
	_, raw, err := p.Named("grade.xml")
	if errors.Is(err, labpackage.ErrNoEntry) {
		return t, nil
	}
	if err == nil {
		t.Rules, err = readRules(raw)
	}
	if err != nil {
		return toolkitRecord{}, newProblem(http.StatusInternalServerError, "%v", err)
	}
	return t, nil
}

// camel gives the names of a publish record the form of the API.
func camel(meta map[string]any) map[string]any {
	out := make(map[string]any, len(meta))
	for name, value := range meta {
		if name == "FormSetId" {
			name = "formsetId"
		}
		out[strings.ToLower(name[:1])+name[1:]] = value
	}
	return out
}

type scoringCommand struct {
	PartID  string   `json:"partId"`
	Scoring *scoring `json:"scoringRequirements"`
}

func (c scoringCommand) check(f faultsOf) {
	f.need("partId", c.PartID, 3)
	if c.Scoring == nil {
		f.add("scoringRequirements", "The field is required.")
		return
	}
	if c.Scoring.RereadScore == nil || c.Scoring.CutScore == nil || c.Scoring.MinScore == nil {
		f.add("scoringRequirements", "The fields rereadScore, cutScore and minScore are required.")
	}
}

func (s *Server) putScoring(w http.ResponseWriter, r *http.Request) error {
	var in scoringCommand
	if err := decode(r, &in); err != nil {
		return err
	}
	return s.keepToolkit(w, in.PartID, func(t *toolkitRecord) { t.Scoring = in.Scoring })
}

func (s *Server) keepToolkit(w http.ResponseWriter, id string, edit func(*toolkitRecord)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.toolkits[id]
	next.PartID = id
	edit(&next)
	if err := s.toolkitD.Save(docName(id), next); err != nil {
		return err
	}
	s.toolkits[id] = next
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) toolkit(r *http.Request) (toolkitRecord, Timings, error) {
	id := web.Param(r, "part")
	s.mu.Lock()
	defer s.mu.Unlock()
	t, found := s.toolkits[id]
	if !found {
		return toolkitRecord{}, Timings{}, missing("part %s has no ruleset", id)
	}
	return t, s.timings, nil
}

func (s *Server) getRuleset(w http.ResponseWriter, r *http.Request) error {
	t, timings, err := s.toolkit(r)
	if err != nil {
		return err
	}
	points := t.Rules.points()
	cut, zero := t.cutScore(points, timings.CutPercent), 0
	out := ruleset{ID: t.PartID, Scoring: scoring{Version: 1, RereadScore: &cut, CutScore: &cut, MinScore: &zero}}
	if t.Scoring != nil {
		out.Scoring = *t.Scoring
	}
	out.Grading = toolkit{Metadata: maps.Clone(t.Metadata), Rules: t.Rules, Guide: guide{Files: map[string]string{}}}
	if t.Rules.Checksum != "" {
		out.Grading.Guide.Checksum = &t.Rules.Checksum
	}
	if t.PodXML != "" {
		out.Grading.Guide.Files["pod.xml"] = t.PodXML
	}
	return respondXML(w, r, out)
}

// getGuide is a page for people.
func (s *Server) getGuide(w http.ResponseWriter, r *http.Request) error {
	t, _, err := s.toolkit(r)
	if err != nil {
		return err
	}
	page := "<!doctype html><title>Guide</title><h1>" + html.EscapeString(t.Rules.Lab.Title) + "</h1><ol>"
	for _, section := range t.Rules.Sections {
		page += "<li>" + html.EscapeString(section.Description) + "</li>"
	}
	return write(w, "text/html; charset=utf-8", []byte(page+"</ol>"))
}

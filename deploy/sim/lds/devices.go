package lds

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func (s *Server) getDevices(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, func(_ record, p part) any { return p.Devices })
}

// putDevices replaces all devices of a part.
func (s *Server) putDevices(w http.ResponseWriter, r *http.Request) error {
	var in []map[string]json.RawMessage
	if err := decode(r, &in); err != nil {
		return err
	}
	if in == nil {
		return invalid("an array of devices is required")
	}
	devices, err := deviceList(in)
	if err != nil {
		return err
	}
	_, _, err = s.editPart(r, func(doc *record, p *part, now time.Time) error {
		p.Devices = devices
		doc.add(happening{At: now, Verb: devicesAdded, Part: p.Num})
		return nil
	})
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, devices)
	return nil
}

func (s *Server) getVariables(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, func(_ record, p part) any { return variablesView(p.Variables) })
}

// putVariables takes the bare map and answers it wrapped.
func (s *Server) putVariables(w http.ResponseWriter, r *http.Request) error {
	var in map[string]json.RawMessage
	if err := decode(r, &in); err != nil {
		return err
	}
	if in == nil {
		return invalid("an object of variables is required")
	}
	_, _, err := s.editPart(r, func(_ *record, p *part, _ time.Time) error {
		p.Variables = in
		return nil
	})
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, variablesView(in))
	return nil
}

func variablesView(variables map[string]json.RawMessage) map[string]any {
	if variables == nil {
		variables = map[string]json.RawMessage{}
	}
	return map[string]any{"variables": variables}
}

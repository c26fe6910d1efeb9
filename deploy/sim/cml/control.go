package cml

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const controlBody = 1 << 20

// controls adds the control routes. A machine is named by its id or address, a
// node by its id or label.
func (s *Server) controls(r chi.Router) {
	s.kit.Control(r)
	r.Get("/_sim/state", s.getState)
	r.Get("/_sim/timings", s.getTimings)
	r.Put("/_sim/timings", s.putTimings)
	r.Get("/_sim/settings", s.getSettings)
	r.Put("/_sim/settings", s.putSettings)
	r.Get("/_sim/licenses", s.getPools)
	r.Put("/_sim/licenses", s.putPools)
	r.Get("/_sim/certificate", s.getCertificate)
	r.Post("/_sim/certificate/rotate", s.rotateCertificate)
	r.Get("/_sim/machines/{machine}", s.onMachine(machineState))
	r.Post("/_sim/machines/{machine}/reboot", s.onMachine(reboot))
	r.Post("/_sim/machines/{machine}/tokens/invalidate", s.onMachine(invalidateTokens))
	r.Put("/_sim/machines/{machine}/license", s.onMachine(forceLicense))
	r.Post("/_sim/machines/{machine}/telemetry", s.onMachine(addTelemetry))
	r.Put("/_sim/machines/{machine}/ports/{port}", s.onMachine(occupyPort))
	r.Delete("/_sim/machines/{machine}/ports/{port}", s.onMachine(freePort))
	r.Delete("/_sim/machines/{machine}/labs/{lab}", s.onMachine(deleteLabByHand))
	r.Put("/_sim/machines/{machine}/labs/{lab}/nodes/{node}/stuck", s.onMachine(stickNode))
	r.Delete("/_sim/machines/{machine}/labs/{lab}/nodes/{node}/stuck", s.onMachine(freeNode))
}

func (s *Server) getTimings(w http.ResponseWriter, _ *http.Request) {
	kit.WriteJSON(w, http.StatusOK, s.present.Load().Timings)
}

// putTimings changes the timings that the body names.
func (s *Server) putTimings(w http.ResponseWriter, r *http.Request) {
	s.put(w, r, func(k *kept, body json.RawMessage) error { return json.Unmarshal(body, &k.Timings) }, s.getTimings)
}

func (s *Server) getSettings(w http.ResponseWriter, _ *http.Request) {
	kit.WriteJSON(w, http.StatusOK, s.present.Load().Settings)
}

// putSettings changes the settings that the body names.
func (s *Server) putSettings(w http.ResponseWriter, r *http.Request) {
	s.put(w, r, func(k *kept, body json.RawMessage) error {
		// Decoding merges into a map and reuses a list: they belong to the present
		// settings, so the change works on copies.
		k.Settings = k.Settings.clone()
		return json.Unmarshal(body, &k.Settings)
	}, s.getSettings)
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, edit func(*kept, json.RawMessage) error, answer http.HandlerFunc) {
	var body json.RawMessage
	err := kit.DecodeJSON(r, controlBody, &body)
	if err == nil {
		err = s.change(func(k *kept) error { return edit(k, body) })
	}
	if err != nil {
		kit.WriteError(w, http.StatusBadRequest, err)
		return
	}
	answer(w, r)
}

func (s *Server) getPools(w http.ResponseWriter, _ *http.Request) {
	kit.WriteJSON(w, http.StatusOK, map[string]any{"pools": s.pools.View()})
}

func (s *Server) putPools(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Pools []system.Pool `json:"pools"`
	}
	if err := kit.DecodeJSON(r, controlBody, &in); err != nil {
		kit.WriteError(w, http.StatusBadRequest, err)
		return
	}
	for _, pool := range in.Pools {
		if pool.Name == "" || pool.Token == "" {
			kit.WriteError(w, http.StatusBadRequest, fmt.Errorf("pool %q needs a name and a token", pool.Name))
			return
		}
	}
	if err := s.pools.Replace(in.Pools); err != nil {
		kit.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	s.getPools(w, r)
}

// getCertificate answers the present certificate as PEM.
func (s *Server) getCertificate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	for _, der := range s.Certificate().Certificate {
		if err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return // the client is gone
		}
	}
}

func (s *Server) rotateCertificate(w http.ResponseWriter, r *http.Request) {
	if err := s.cert.rotate(); err != nil {
		kit.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	s.getCertificate(w, r)
}

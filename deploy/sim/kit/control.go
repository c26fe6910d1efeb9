package kit

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

const (
	controlBody = 1 << 20
	maxRules    = 1000
)

// Control adds the control routes of clock and faults to a simulator's router.
func (k *Kit) Control(r chi.Router) {
	r.Get("/_sim/clock", k.getClock)
	r.Put("/_sim/clock", k.putClock)
	r.Post("/_sim/clock/advance", k.advanceClock)
	r.Get("/_sim/faults", k.getFaults)
	r.Post("/_sim/faults", k.addFault)
	r.Delete("/_sim/faults", k.clearFaults)
	r.Post("/_sim/faults/{id}/release", k.releaseFault)
}

type clockView struct {
	ClockState
	Now time.Time `json:"now"`
}

func (k *Kit) getClock(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, http.StatusOK, clockView{k.Clock.State(), k.Clock.Now()})
}

func (k *Kit) putClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Rate     *float64 `json:"rate"`
		OffsetMS *int64   `json:"offset_ms"`
	}
	if err := DecodeJSON(r, controlBody, &in); err != nil {
		WriteError(w, http.StatusBadRequest, err)
		return
	}
	if in.Rate != nil && !ValidRate(*in.Rate) {
		WriteError(w, http.StatusBadRequest, fmt.Errorf("rate must be in 0..%d", MaxRate))
		return
	}
	if in.Rate != nil {
		k.Clock.SetRate(*in.Rate)
	}
	if in.OffsetMS != nil {
		k.Clock.setOffset(time.Duration(*in.OffsetMS) * time.Millisecond)
	}
	k.getClock(w, r)
}

func (k *Kit) advanceClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		MS int64 `json:"ms"`
	}
	if err := DecodeJSON(r, controlBody, &in); err != nil {
		WriteError(w, http.StatusBadRequest, err)
		return
	}
	k.Clock.Advance(time.Duration(in.MS) * time.Millisecond)
	k.getClock(w, r)
}

func (k *Kit) getFaults(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, http.StatusOK, map[string]any{"rules": k.Faults.States()})
}

func (k *Kit) addFault(w http.ResponseWriter, r *http.Request) {
	var rule Rule
	err := DecodeJSON(r, controlBody, &rule)
	if err == nil {
		err = rule.Validate()
	}
	if err == nil && len(k.Faults.Rules()) >= maxRules {
		err = errors.New("too many rules")
	}
	if err != nil {
		WriteError(w, http.StatusBadRequest, err)
		return
	}
	WriteJSON(w, http.StatusCreated, map[string]string{"id": k.Faults.Add(rule)})
}

func (k *Kit) clearFaults(w http.ResponseWriter, _ *http.Request) {
	k.Faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (k *Kit) releaseFault(w http.ResponseWriter, r *http.Request) {
	if !k.Faults.Release(chi.URLParam(r, "id")) {
		WriteError(w, http.StatusNotFound, errors.New("rule holds no call"))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

package worker

import (
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// GivenNamePrefix begins the name of a machine that was found without one.
const GivenNamePrefix = "worker-"

// EventRenamed tells that a worker got the name of its machine's tag.
const EventRenamed = "cml_worker.renamed.v1"

type renamed struct {
	base
	OldName   string    `json:"old_name"`
	NewName   string    `json:"new_name"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Rediscover takes what a scan saw at an instant of a machine that is known. What was seen before the present status began
// is out of date and left alone. A worker that ran and was stopped past LCM is left stopped. It tells whether anything
// changed.
func (w *Worker) Rediscover(f Found, seenAt time.Time, act parts.Act) (bool, error) {
	if !w.Terminal() && seenAt.After(w.StatusSince) {
		if err := w.follow(f, act); err != nil {
			return false, err
		}
	}
	if !w.Terminal() && strings.HasPrefix(w.Name, GivenNamePrefix) && f.Name != "" && f.Name != w.Name {
		old := w.Name
		w.Name = f.Name
		w.Raise(EventRenamed, renamed{base: base{w.ID}, OldName: old, NewName: w.Name, UpdatedAt: act.At})
		w.refresh(act.At)
	}
	_, changed, _ := w.Changes()
	return changed, nil
}

func (w *Worker) follow(f Found, act parts.Act) error {
	seen := Observation{
		Status: w.Status, PublicIP: f.PublicIP, PrivateIP: f.PrivateIP, AMIID: f.AMIID, AMIName: f.AMIName, InstanceType: f.InstanceType,
		AMIDescription: f.AMIDescription, AMICreationDate: f.AMICreationDate,
	}
	ran := w.Status == lifecycle.WorkerRunning || w.Status == lifecycle.WorkerDraining
	switch f.State {
	case "running":
		if !ran {
			seen.Status = lifecycle.WorkerRunning
		}
	case "stopping":
		seen.Status = lifecycle.WorkerStopping
	case "stopped":
		seen.Status = lifecycle.WorkerStopped
	case "shutting-down":
		seen.Status = lifecycle.WorkerTerminating
	case "terminated":
		seen.Status = lifecycle.WorkerTerminated
	}
	if err := w.Observe(seen, act); err != nil {
		return err
	}
	down := w.Status == lifecycle.WorkerStopping || w.Status == lifecycle.WorkerStopped
	if ran && down && w.DesiredStatus == lifecycle.WorkerRunning {
		w.desire(lifecycle.WorkerStopped, false, act)
		w.paused(PauseExternal, act)
	}
	return nil
}

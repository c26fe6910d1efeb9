package worker

import (
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// placementRefusal says why nothing may be placed here, empty when something may. It is the one place that decides it.
func (w *Worker) placementRefusal(now time.Time) string {
	switch {
	case w.Status != lifecycle.WorkerRunning:
		return fmt.Sprintf("the worker is %s", w.Status)
	case w.DesiredStatus != lifecycle.WorkerRunning:
		return fmt.Sprintf("the worker is wanted %s", w.DesiredStatus)
	case !w.CML.Ready:
		return "CML is not ready"
	case !w.License.Status.Good():
		return fmt.Sprintf("the licence is %s", w.License.Status)
	case w.DeclaredCapacity.IsZero():
		return "the capacity is not known yet"
	case w.Book.Overbooked(w.Limits(), now, 0):
		return "more is booked than the worker can carry"
	default:
		return ""
	}
}

// refresh computes anew what derives from the rest; every verb ends with it.
func (w *Worker) refresh(at time.Time) {
	w.UpdatedAt = at
	was := w.Placeable
	w.NotPlaceable = w.placementRefusal(at)
	w.Placeable = w.NotPlaceable == ""
	if w.Placeable != was {
		w.Raise(EventPlaceableUpdated, placeableUpdated{base: base{w.ID}, Placeable: w.Placeable, Reason: w.NotPlaceable, UpdatedAt: at})
	}
}

// Stale reports whether time alone has changed that the worker is placeable.
func (w *Worker) Stale(now time.Time) bool { return (w.placementRefusal(now) == "") != w.Placeable }

// Refresh computes anew whether the worker is placeable. Without a difference nothing changes.
func (w *Worker) Refresh(act parts.Act) {
	if w.Stale(act.At) {
		w.refresh(act.At)
	}
}

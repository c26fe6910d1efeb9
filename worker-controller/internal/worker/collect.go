package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

const (
	// definitionsEvery is how often the node and image definitions are read.
	definitionsEvery = 24 * time.Hour
	// reportEvery is how often a report is repeated although nothing has changed.
	reportEvery = 10 * time.Minute
)

// report is what was collected from a CML. Each part is read for itself: one that fails leaves the others as they are.
type report struct {
	body api.ReportCMLDataBody
	// license is nil where it could not be read.
	license *License
	// definitions tells that node and image definitions are in the body.
	definitions bool
	// refused is the last failure, nil when all parts were read.
	refused error
}

// collect reads what decides about a CML that is ready.
func (r *Reconciler) collect(ctx context.Context, w readmodel.Worker, client CML, info Information) report {
	out := report{body: api.ReportCMLDataBody{Version: info.Version, Ready: true}}
	if license, err := client.License(ctx); err != nil {
		out.refused = err
	} else {
		out.license, out.body.License = &license, &license.CMLLicenseInfo
	}
	if w.DeclaredCapacity.IsZero() {
		if usage, err := client.Usage(ctx); err != nil {
			out.refused = err
		} else {
			out.body.Capacity = &usage.Capacity
		}
	}
	if err := r.collectDefinitions(ctx, w, client, &out); err != nil {
		out.refused = err
	}
	return out
}

// collectDefinitions reads what the image offers, once CML is ready and then daily: the lists are long and seldom change.
func (r *Reconciler) collectDefinitions(ctx context.Context, w readmodel.Worker, client CML, out *report) error {
	last := r.memories.of(w.ID).definitionsAt
	if w.CML.Ready && w.CML.Version == out.body.Version && !last.IsZero() && r.now().Sub(last) < definitionsEvery {
		return nil
	}
	nodes, err := client.NodeDefinitions(ctx)
	if err != nil {
		return err
	}
	images, err := client.ImageDefinitions(ctx)
	if err != nil {
		return err
	}
	out.body.NodeDefinitions, out.body.ImageDefinitions, out.definitions = nodes, images, true
	return nil
}

// send reports what was collected where it differs from the last report or from what the worker shows.
func (r *Reconciler) send(ctx context.Context, w readmodel.Worker, out report) (sent bool, err error) {
	encoded, err := json.Marshal(out.body)
	if err != nil {
		return false, fmt.Errorf("encode the report of %s: %w", w.ID, err)
	}
	memory, now := r.memories.of(w.ID), r.now()
	known := w.CML.Ready && w.CML.Version == out.body.Version && !out.definitions
	if known && memory.reported == string(encoded) && now.Sub(memory.reportedAt) < reportEvery {
		return false, nil
	}
	out.body.CollectedAt = now.UTC()
	ack, err := r.api.ReportCMLData(ctx, api.ReportCMLData{ID: w.ID, Body: out.body})
	if err != nil {
		return false, err
	}
	memory.reportedAt = now
	if out.definitions {
		memory.definitionsAt = now
		// The next report is without them, and compared without them.
		out.body.NodeDefinitions, out.body.ImageDefinitions = nil, nil
	}
	out.body.CollectedAt = time.Time{}
	if encoded, err = json.Marshal(out.body); err == nil {
		memory.reported = string(encoded)
	}
	return ack.Changed, nil
}

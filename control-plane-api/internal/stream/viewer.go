package stream

import (
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// viewer is who reads a stream, and what he asked for.
type viewer struct {
	call    call.Call
	workers map[string]bool
	types   map[string]bool
}

func viewerOf(c call.Call, req api.StreamEvents) viewer {
	return viewer{call: c, workers: words(req.WorkerIDs), types: words(req.EventTypes)}
}

// words reads a list with commas; an empty one is nil and filters nothing.
func words(list string) map[string]bool {
	var all map[string]bool
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word != "" {
			if all == nil {
				all = map[string]bool{}
			}
			all[word] = true
		}
	}
	return all
}

func (v viewer) has(roles ...api.Role) bool {
	return slices.ContainsFunc(roles, func(r api.Role) bool { return slices.Contains(v.call.Roles, r) })
}

// may says whether the viewer may know of a frame at all: it follows who may read the aggregate by its own routes.
func (v viewer) may(f frame) bool {
	switch f.subject {
	case readmodel.KindWorker, readmodel.KindDefinition, readmodel.KindTemplate:
		return true
	case readmodel.KindInstance:
		return v.has(api.Admin, api.Manager) || f.owner != "" && f.owner == v.call.Actor
	case readmodel.KindLabRecord:
		return v.has(api.Admin, api.Manager, api.LabAuthor)
	default:
		return v.has(api.Admin, api.Manager)
	}
}

// cut gives what of a frame the viewer sees; false when that is nothing.
func (v viewer) cut(f frame, now time.Time) (frame, bool) {
	if !v.may(f) || !v.wants(f) {
		return f, false
	}
	if v.workers == nil {
		return f, true
	}
	if f.parts == nil {
		return f, v.workers[f.worker]
	}
	var parts []frame
	for _, part := range f.parts {
		if v.workers[part.worker] {
			parts = append(parts, part)
		}
	}
	if len(parts) == len(f.parts) || len(parts) == 0 {
		return f, len(parts) > 0
	}
	smaller, err := batchOf(parts, f.id, now)
	return smaller, err == nil
}

// wants compares types; who asks for figures gets their batches.
func (v viewer) wants(f frame) bool {
	return v.types == nil || v.types[f.kind] || f.parts != nil && v.types[typeMetrics]
}

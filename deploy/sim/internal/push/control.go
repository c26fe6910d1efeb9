package push

import (
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const sinkDoc = "sink"

// KeptSink returns the sink to start with: the configured one, or without a URL
// there the one kept on disk.
func KeptSink(disk *kit.Disk, configured Sink) (Sink, error) {
	if configured.URL != "" {
		return configured, nil
	}
	kept := configured
	if _, err := disk.Load(sinkDoc, &kept); err != nil {
		return Sink{}, fmt.Errorf("event sink: %w", err)
	}
	return kept, nil
}

// Control adds PUT /_sim/sink {"url","token","structured"}, which changes the
// receiver and keeps it on disk. An empty URL stops the sending.
func (p *Pusher) Control(r chi.Router, disk *kit.Disk) {
	r.Put("/_sim/sink", func(w http.ResponseWriter, req *http.Request) {
		var sink Sink
		if err := kit.DecodeJSON(req, 64<<10, &sink); err != nil {
			kit.WriteError(w, http.StatusBadRequest, err)
			return
		}
		if err := disk.Save(sinkDoc, sink); err != nil {
			kit.WriteError(w, http.StatusInternalServerError, err)
			return
		}
		p.SetSink(sink)
		w.WriteHeader(http.StatusNoContent)
	})
}

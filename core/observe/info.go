package observe

import (
	"net/http"
	"os"
	"runtime"
	"time"
)

// Info is what /info tells of a build.
type Info struct {
	Name, Version, Description string
	// ImageTag, BuildCommit, BuildTime and Environment come from the variables of those names.
	ImageTag, BuildCommit, BuildTime, Environment string
}

// Info answers what runs here.
func (p *Probes) Info(w http.ResponseWriter, _ *http.Request) {
	info := p.options.Info
	extra := map[string]any{}
	if p.options.Extra != nil {
		extra = p.options.Extra()
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	writeJSON(w, "application/json", http.StatusOK, map[string]any{
		"name": info.Name, "version": info.Version, "image_tag": info.ImageTag, "description": info.Description,
		"build": map[string]any{"commit": info.BuildCommit, "time": info.BuildTime},
		"runtime": map[string]any{
			"environment": info.Environment, "hostname": host, "go_version": runtime.Version(),
			"uptime_seconds": int64(time.Since(p.begun).Seconds()), "start_time": p.begun.UTC().Format(time.RFC3339),
		},
		"extra": extra,
	})
}

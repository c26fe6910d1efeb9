package bubble

import (
	"net/http"
	"time"
)

// Probe asks a process of a service for one of its probes and gives the status; 0 when it does not answer.
func (p *Plane) Probe(service, path string) int {
	all := p.serving(service)
	if len(all) == 0 {
		return 0
	}
	client := http.Client{Transport: p.people, Timeout: 5 * time.Second}
	response, err := client.Get("http://" + all[0].host + path) //nolint:noctx // bounded by the client
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

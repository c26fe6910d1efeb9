package s3

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// dump answers with the buckets and their objects, without content.
func (s *Server) dump(w http.ResponseWriter, _ *http.Request) {
	kit.WriteJSON(w, http.StatusOK, map[string]any{"buckets": s.store.index()})
}

// index lists the objects by bucket; an object never changes once it is listed.
func (s *store) index() map[string][]*object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string][]*object{}
	for name, b := range s.buckets {
		out[name] = []*object{}
		for _, key := range sortedKeys(b.objects) {
			out[name] = append(out[name], b.objects[key])
		}
	}
	return out
}

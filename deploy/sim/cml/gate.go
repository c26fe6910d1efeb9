package cml

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// address returns the host that a request names, without port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return strings.Trim(host, "[]")
}

type machineKey struct{}

func machineOf(r *http.Request) (*machine, error) {
	m, ok := r.Context().Value(machineKey{}).(*machine)
	if !ok {
		return nil, errors.New("request did not pass the gate")
	}
	return m, nil
}

// gate finds the machine of a request. One that is down cuts the connection, one
// whose backend still starts answers as the proxy before it does.
func (s *Server) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, up, since := s.locate(address(r))
		if !up {
			kit.Cut()
		}
		m, err := s.machine(id)
		if err == nil {
			err = m.observe(since)
		}
		if err != nil {
			s.kit.Log.Error("machine not available", "machine", id, "error", err)
			wire.WriteError(w, r, err)
			return
		}
		if !m.answers() {
			badGateway(w)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), machineKey{}, m)))
	})
}

func (s *Server) locate(address string) (id string, up bool, since time.Time) {
	if s.cfg.Hosts == nil {
		return address, address != "", time.Time{}
	}
	id, up, since = s.cfg.Hosts.Host(address)
	return id, up && id != "", since
}

func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>\r\n"))
}

func requireToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, err := machineOf(r)
		if err == nil {
			m.mu.Lock()
			_, err = m.system.Authorize(r.Header.Get("Authorization"))
			m.mu.Unlock()
		}
		if err != nil {
			wire.WriteError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func openSystem(r *http.Request) (wire.Session[*system.System], error) {
	m, err := machineOf(r)
	if err != nil {
		return wire.Session[*system.System]{}, err
	}
	m.mu.Lock()
	return wire.Session[*system.System]{State: m.system, Close: m.close}, nil
}

func openLabs(r *http.Request) (wire.Session[*labs.Set], error) {
	m, err := machineOf(r)
	if err != nil {
		return wire.Session[*labs.Set]{}, err
	}
	m.mu.Lock()
	return wire.Session[*labs.Set]{State: m.labs, Close: m.close}, nil
}

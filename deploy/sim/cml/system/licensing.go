package system

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// timeInfo is LicensingTimeInfo of the interface.
type timeInfo struct {
	Succeeded *time.Time `json:"succeeded"`
	Attempted *time.Time `json:"attempted"`
	Scheduled *time.Time `json:"scheduled"`
	Status    *string    `json:"status"`
	Failure   *string    `json:"failure"`
	Success   *string    `json:"success"`
}

func getLicensing(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK(map[string]any{
		"udi":              map[string]any{"hostname": hostname, "product_uuid": wire.DerivedID("udi", s.env.Machine)},
		"registration":     s.registrationView(),
		"authorization":    s.authorizationView(),
		"reservation_mode": false,
		"features":         s.features(),
		"product_license": map[string]any{
			"active": s.doc.License.product(), "is_enterprise": s.doc.License.enterprise(),
		},
		"transport": s.doc.License.Transport.view(),
	}), nil
}

func (s *System) registrationView() map[string]any {
	l, status := s.doc.License, s.registration()
	view := map[string]any{
		"status": status, "smart_account": nil, "virtual_account": nil,
		"register_time": timeInfo{}, "renew_time": timeInfo{}, "expires": nil,
	}
	if l.Attempt == nil {
		return view
	}
	view["register_time"] = outcome(l.Attempt.At, status, l.Attempt.Failure)
	if status != Completed {
		return view
	}
	from := l.Attempt.At
	if l.Renewed != nil {
		from = *l.Renewed
	}
	view["smart_account"], view["virtual_account"] = "Simulated Smart Account", l.Attempt.Pool
	view["renew_time"] = renewal(l.Renewed, from.Add(certificateLife/2))
	view["expires"] = from.Add(certificateLife)
	return view
}

func (s *System) authorizationView() map[string]any {
	l := s.doc.License
	view := map[string]any{"status": s.authorization(), "renew_time": timeInfo{}, "expires": nil}
	if s.registration() != Completed {
		return view
	}
	from := l.Attempt.At
	if l.Authorized != nil {
		from = *l.Authorized
	}
	view["renew_time"] = renewal(&from, from.Add(certificateLife/12))
	view["expires"] = from.Add(certificateLife / 4)
	return view
}

// outcome describes a registration begun at a time.
func outcome(at time.Time, status, failure string) timeInfo {
	info := timeInfo{Attempted: &at, Status: &status}
	switch status {
	case Completed:
		done := "SUCCEEDED"
		info.Succeeded, info.Success = &at, &done
	case Failed:
		info.Failure = &failure
	}
	return info
}

func renewal(last *time.Time, next time.Time) timeInfo {
	return timeInfo{Succeeded: last, Attempted: last, Scheduled: &next}
}

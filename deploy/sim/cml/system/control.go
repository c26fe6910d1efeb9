package system

// LicenseControl is what a test may force on a machine's licence.
type LicenseControl struct {
	// Authorization replaces the status of a registered machine, "" does not.
	Authorization string `json:"authorization"`
	// Deregistration "local" makes deregistration answer 202 and keep the seat.
	Deregistration string `json:"deregistration"`
}

// ForceLicense applies a control.
func (s *System) ForceLicense(c LicenseControl) {
	s.doc.License.Override = c.Authorization
	s.doc.License.LocalOnly = c.Deregistration == "local"
	s.changed = true
}

// State is what the state dump shows of a machine.
type State struct {
	Registration string `json:"registration"`
	Status       string `json:"authorization_status"`
	Product      string `json:"product"`
	Pool         string `json:"pool,omitempty"`
	NodeLimit    int    `json:"node_limit"`
	Telemetry    int    `json:"telemetry_events"`
	LicenseControl
}

// State returns the present state.
func (s *System) State() State {
	state := State{
		Registration: s.registration(), Status: s.authorization(), Product: s.doc.License.product(),
		NodeLimit: s.NodeLimit(), Telemetry: len(s.telemetry),
		LicenseControl: LicenseControl{Authorization: s.doc.License.Override},
	}
	if s.doc.License.Attempt != nil {
		state.Pool = s.doc.License.Attempt.Pool
	}
	if s.doc.License.LocalOnly {
		state.Deregistration = "local"
	}
	return state
}

package ec2

import (
	"strings"
	"time"
)

// States of an instance, as EC2 names them.
const (
	pending      = "pending"
	running      = "running"
	stopping     = "stopping"
	stopped      = "stopped"
	shuttingDown = "shutting-down"
	terminated   = "terminated"
)

var stateCodes = map[string]int{
	pending: 0, running: 16, shuttingDown: 32, terminated: 48, stopping: 64, stopped: 80,
}

// instance holds the facts of one instance. State and Since are brought up to
// date by settle before they are read.
type instance struct {
	ID          string `json:"id"`
	Seq         int    `json:"seq"`
	Reservation string `json:"reservation"`
	Index       int    `json:"index"`
	Region      string `json:"region"`
	Zone        string `json:"zone"`
	launch
	Volumes []volume `json:"volumes"`

	CreatedAt  time.Time `json:"created_at"`
	LaunchedAt time.Time `json:"launched_at"`
	State      string    `json:"state"`
	Since      time.Time `json:"since"`
	// BootedAt is when it last became running.
	BootedAt  time.Time `json:"booted_at"`
	PrivateIP string    `json:"private_ip,omitempty"`
	PublicIP  string    `json:"public_ip,omitempty"`
	Reason    reason    `json:"reason"`

	Checks  checks  `json:"checks"`
	Figures figures `json:"figures"`
}

// reason says why an instance left the running state.
type reason struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// checks are the results of the status checks, "" for passed.
type checks struct {
	Instance string `json:"instance,omitempty"`
	System   string `json:"system,omitempty"`
}

// volume is an EBS volume that was made at launch.
type volume struct {
	ID     string            `json:"id"`
	Device string            `json:"device"`
	Delete bool              `json:"delete_on_termination"`
	Tags   map[string]string `json:"tags,omitempty"`
}

// uses tells whether the instance counts against limits and capacity.
func (i *instance) uses() bool { return i.State == pending || i.State == running }

func (i *instance) gone() bool { return i.State == shuttingDown || i.State == terminated }

// enter moves to a state that begins at the given time.
func (i *instance) enter(state string, at time.Time) {
	i.State, i.Since = state, at
	switch state {
	case running:
		i.BootedAt = at
	case stopping, shuttingDown:
		i.PublicIP = ""
	case terminated:
		i.PublicIP, i.PrivateIP = "", ""
	}
}

func (i *instance) why(code, message string, at time.Time) {
	i.Reason = reason{Code: code, Message: message + " (" + at.Format(time.RFC3339) + ")"}
}

// dnsName is EC2's way to name an address, e.g. ip-10-20-0-4.
func dnsName(prefix, ip string) string {
	if ip == "" {
		return ""
	}
	return prefix + "-" + strings.ReplaceAll(ip, ".", "-")
}

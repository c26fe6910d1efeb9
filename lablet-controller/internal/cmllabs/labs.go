package cmllabs

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/loosetime"
)

// Labs is the labs of one worker's CML. It is safe for concurrent use.
type Labs struct {
	cml *cml.Client

	mu sync.Mutex
	// titles spares asking for labs that were seen before; a lab keeps its title.
	titles map[string]string
}

func newLabs(client *cml.Client) *Labs { return &Labs{cml: client, titles: map[string]string{}} }

// State is the state of a lab.
type State string

// The states of a lab. DEFINED_ON_CORE is new or wiped.
const (
	Defined State = "DEFINED_ON_CORE"
	Stopped State = "STOPPED"
	Started State = "STARTED"
)

// Lab is a lab as LCM needs it.
type Lab struct {
	ID      string         `json:"id"`
	Title   string         `json:"lab_title"`
	State   State          `json:"state"`
	Created loosetime.Time `json:"created"`
}

// Get reads a lab; one that is not there is NotFound.
func (l *Labs) Get(ctx context.Context, id string) (Lab, error) {
	var lab Lab
	if _, err := l.cml.Do(ctx, http.MethodGet, cml.Path("labs", id), nil, nil, &lab); err != nil {
		return Lab{}, err
	}
	lab.ID = id
	return lab, nil
}

// Import makes a lab of a lab file and gives its id. It must not be repeated blindly: after a failure of kind Unavailable
// the lab may exist (Find).
func (l *Labs) Import(ctx context.Context, title string, topology []byte) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	body := cml.Raw{ContentType: "application/x-yaml", Data: topology}
	if _, err := l.cml.Do(ctx, http.MethodPost, "/import", url.Values{"title": {title}}, body, &made); err != nil {
		return "", err
	}
	if made.ID == "" {
		return "", failure.New(failure.Unavailable, cml.CodeMalformed, "CML made a lab and did not name it.")
	}
	return made.ID, nil
}

// Start comes back at once: the lab is up when it is Started and Converged.
func (l *Labs) Start(ctx context.Context, id string) error { return l.put(ctx, id, "start") }

// Stop stops all nodes; it comes back at once.
func (l *Labs) Stop(ctx context.Context, id string) error { return l.put(ctx, id, "stop") }

// Wipe takes a stopped lab back to its beginning.
func (l *Labs) Wipe(ctx context.Context, id string) error { return l.put(ctx, id, "wipe") }

func (l *Labs) put(ctx context.Context, id, verb string) error {
	_, err := l.cml.Do(ctx, http.MethodPut, cml.Path("labs", id, verb), nil, nil, nil)
	return err
}

// Delete removes a wiped lab; one that is not there any more is no failure.
func (l *Labs) Delete(ctx context.Context, id string) error {
	_, err := l.cml.Do(ctx, http.MethodDelete, cml.Path("labs", id), nil, nil, nil)
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

// Converged reports whether a lab has come to where its last start, stop or wipe leads.
func (l *Labs) Converged(ctx context.Context, id string) (bool, error) {
	var converged bool
	_, err := l.cml.Do(ctx, http.MethodGet, cml.Path("labs", id, "check_if_converged"), nil, nil, &converged)
	return converged, err
}

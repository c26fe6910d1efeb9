package bubble

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/oidc"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/s3"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

// The hosts of the outside world; every other host is a machine with CML.
const (
	hostEC2     = "ec2.test"
	hostLDS     = "lds.test"
	hostGrading = "grading.test"
	hostS3      = "s3.test"
	hostOIDC    = "oidc.test"
	hostSink    = "sink.test"
)

// The credentials of the outside world.
const (
	cmlUser, ldsUser, graderID, s3Key = "admin", "lcm", "lcm-grading", "lcm"
	password                          = "of-the-simulated-world"
)

// rate is how many times faster than its clock the simulated world works: a machine boots in seconds.
const rate = 20

// outside is the simulated world.
type outside struct {
	direct
	clock *kit.Clock
	cml   http.Handler
}

// newOutside builds the simulators as world.New does, but for the identity provider, whose key costs more to make than a
// whole life of a lab: that one is shared.
func newOutside(identity *oidc.Server) (*outside, error) {
	root, err := kit.New("", nil)
	if err != nil {
		return nil, err
	}
	root.Clock.SetRate(rate)
	kits := map[string]*kit.Kit{}
	for _, host := range []string{hostEC2, hostLDS, hostGrading, hostS3, hostSink, "cml"} {
		if kits[host], err = root.Sub("sim"); err != nil {
			return nil, err
		}
	}
	machines, err := ec2.New(kits[hostEC2], ec2.Config{})
	if err != nil {
		return nil, err
	}
	objects, err := s3.New(kits[hostS3], s3.Config{Keys: map[string]string{s3Key: password}})
	if err != nil {
		return nil, err
	}
	labs, err := cml.New(kits["cml"], cml.Config{
		Hosts: hosts{machines}, Username: cmlUser, Password: password, Timings: cml.DefaultTimings(),
		Pools: []system.Pool{{Name: "enterprise", Token: licenseToken, Type: "enterprise", Seats: 5}},
	})
	if err != nil {
		return nil, err
	}
	candidate := lds.DefaultTimings()
	candidate.CandidateAuto, candidate.LoginAfterMS, candidate.WorkForMS = true, 5_000*rate, 40_000*rate
	sessions, err := lds.New(kits[hostLDS], lds.Config{
		Username: ldsUser, Password: password, BaseURL: "http://" + hostLDS, Objects: objects, Timings: &candidate,
	})
	if err != nil {
		return nil, err
	}
	grader, err := grading.New(kits[hostGrading], grading.Config{ClientID: graderID, ClientSecret: password, Objects: objects})
	if err != nil {
		return nil, err
	}
	events, err := sink.New(kits[hostSink], sink.Config{})
	if err != nil {
		return nil, err
	}
	return &outside{
		direct: direct{other: labs.Handler(), hosts: map[string]http.Handler{
			hostEC2: machines.Handler(), hostLDS: sessions.Handler(), hostGrading: grader.Handler(), hostS3: objects.Handler(),
			hostOIDC: identity.Handler(), hostSink: events.Handler(),
		}},
		clock: root.Clock, cml: labs.Handler(),
	}, nil
}

// hosts tells CML which EC2 machine answers at an address.
type hosts struct{ ec2 *ec2.Server }

// Host implements cml.Hosts.
func (h hosts) Host(address string) (id string, up bool, since time.Time) {
	found, up := h.ec2.MachineByAddress(address)
	return found.ID, up, found.BootedAt
}

// control calls a control route of a simulator; "" is CML.
func (o *outside) control(method, host, path string, body, into any) error {
	handler := o.hosts[host]
	if host == "" {
		handler = o.cml
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s%s: %w", host, path, err)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), method, "http://"+host+path, bytes.NewReader(encoded)))
	if answer.Code >= http.StatusMultipleChoices {
		return fmt.Errorf("%s%s: %d %s", host, path, answer.Code, answer.Body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Body.Bytes(), into)
}

// token is a person's access token.
func (o *outside) token(name string, roles ...string) (string, error) {
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err := o.control(http.MethodPost, hostOIDC, "/_sim/token", map[string]any{"username": name, "roles": roles, "lifetime_seconds": 30 * 86400}, &answer)
	return answer.AccessToken, err
}

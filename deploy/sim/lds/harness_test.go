package lds_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

const (
	base = lds.Base
	fqn  = "Exam Associate TEST v1 LAB 1.0"
)

// bench is an LDS with the sink that it reports to.
type bench struct {
	simtest.Client
	kit  *kit.Kit
	sim  *lds.Server
	sink *sink.Server
}

func open(t *testing.T, dir string, cfg lds.Config) *bench {
	t.Helper()
	root, err := kit.New(dir, nil)
	require.NoError(t, err)
	sinkKit, err := root.Sub("sink")
	require.NoError(t, err)
	receiver, err := sink.New(sinkKit, sink.Config{Token: "events"})
	require.NoError(t, err)
	k, err := root.Sub("lds")
	require.NoError(t, err)
	cfg.Username, cfg.Password = "lcm", "pw"
	cfg.Sink = push.Sink{URL: "http://sink.test/", Token: "events"}
	cfg.Transport = simtest.Transport(receiver.Handler())
	sim, err := lds.New(k, cfg)
	require.NoError(t, err)
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("lcm:pw"))
	return &bench{
		Client: simtest.Client{T: t, Handler: sim.Handler(), Header: http.Header{"Authorization": {basic}}},
		kit:    root, sim: sim, sink: receiver,
	}
}

func booking() map[string]any {
	return map[string]any{
		"origin": "lablet-cloud-manager", "auth_id": "inst-1", "auth_id_type": "ordered_session",
		"candidate_id": "inst-1", "location": "cloud", "first_name": "Lablet", "last_name": "User",
		"rack_group": "LCM", "rack_number": 1, "timezone_offset": 0, "scheduled_date": "2020-01-01",
		"session_parts": []any{map[string]any{"repository_type": "minio", "form_qualified_name": fqn}},
	}
}

func (b *bench) create() string {
	b.T.Helper()
	return b.Must(201, "POST", base+"/lab_session", booking())["session_id"].(string)
}

func (b *bench) session(id string) map[string]any {
	b.T.Helper()
	return b.Must(200, "GET", base+"/lab_session/"+id, nil)
}

func (b *bench) state(id string) string { return b.session(id)["state"].(string) }

func (b *bench) events(subject string) []string {
	kinds := []string{}
	for _, d := range b.sink.Deliveries(subject, "") {
		kinds = append(kinds, d.Event.Type())
	}
	return kinds
}

func (b *bench) advance(d time.Duration) { b.kit.Clock.Advance(d) }

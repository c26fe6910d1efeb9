package grading_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

const (
	base = grading.Base + "/sessions"
	fqn  = "Exam Associate TEST v1 LAB 1.0"
)

// bench is an engine with the sink that it reports to.
type bench struct {
	simtest.Client
	kit  *kit.Kit
	sim  *grading.Server
	sink *sink.Server
}

func open(t *testing.T, dir string, cfg grading.Config) *bench {
	t.Helper()
	root, err := kit.New(dir, nil)
	require.NoError(t, err)
	sinkKit, err := root.Sub("sink")
	require.NoError(t, err)
	receiver, err := sink.New(sinkKit, sink.Config{})
	require.NoError(t, err)
	k, err := root.Sub("grading")
	require.NoError(t, err)
	cfg.Token, cfg.ClientID, cfg.ClientSecret = "static", "lcm", "s3cret"
	cfg.Sink = push.Sink{URL: "http://sink.test/"}
	cfg.Transport = simtest.Transport(receiver.Handler())
	sim, err := grading.New(k, cfg)
	require.NoError(t, err)
	return &bench{
		Client: simtest.Client{T: t, Handler: sim.Handler(), Header: http.Header{"Authorization": {"Bearer static"}}},
		kit:    root, sim: sim, sink: receiver,
	}
}

func pod() map[string]any {
	return map[string]any{"id": "inst-1", "devices": []any{
		map[string]any{
			"label": "r1", "hostname": "r1", "collector": "lcm", "interfaces": []any{map[string]any{
				"name": "console-r1", "protocol": "telnet", "host": "10.0.0.9", "port": 2003,
				"authentication": map[string]any{"scheme": "none"},
			}},
		},
		map[string]any{
			"label": "r2", "hostname": "r2", "collector": "lcm", "interfaces": []any{map[string]any{
				"name": "console-r2", "protocol": "telnet", "host": "10.0.0.9", "port": 2004,
			}},
		},
	}}
}

func command(id string) map[string]any {
	return map[string]any{
		"id": id, "candidateId": "cand-1", "lds": map[string]any{"id": "l-1", "environment": "TEST"},
		"parts": []any{map[string]any{"id": fqn}},
	}
}

// ready creates a session whose part has a pod.
func (b *bench) ready(id string) {
	b.T.Helper()
	b.Must(200, "POST", base, command(id))
	b.Must(200, "POST", part(id)+"/pod", pod())
}

func part(id string) string { return base + "/" + id + "/parts/" + url.PathEscape(fqn) }

func (b *bench) part(id string) map[string]any {
	b.T.Helper()
	return b.Must(200, "GET", base+"/"+id, nil)["parts"].([]any)[0].(map[string]any)
}

func (b *bench) status(id string) string { return b.part(id)["status"].(string) }

// graded grades the part of a session to its end.
func (b *bench) graded(id, query string) map[string]any {
	b.T.Helper()
	b.Must(202, "POST", part(id)+"/grade"+query, nil)
	b.kit.Clock.Advance(time.Minute)
	return b.part(id)
}

func (b *bench) events() []string {
	kinds := []string{}
	for _, d := range b.sink.Deliveries("", "") {
		kinds = append(kinds, d.Event.Type())
	}
	return kinds
}

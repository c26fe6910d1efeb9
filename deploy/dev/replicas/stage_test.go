package replicas

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

const (
	// patience bounds every wait, on a slow machine too.
	patience = 2 * time.Minute
	// tailBytes is how much of a log's end a failure shows.
	tailBytes = 12_000
)

// stage is a whole system of real processes with two replicas of the API.
type stage struct {
	plane   *plane.Plane
	outside *demo.Outside
	// bases and people are those of each replica.
	bases  [2]string
	people [2]demo.People
	token  string
	// inside calls the internal routes of the replica that is never killed.
	inside     *client.Client
	definition api.Definition
}

func newStage(t *testing.T, store string) *stage {
	t.Helper()
	o := plane.Fast(filepath.Join(t.TempDir(), "data"), slog.New(slog.DiscardHandler))
	o.Rate, o.Split, o.APIs, o.Store, o.Candidate.Auto = 200, true, 2, store, false
	o.Executable, _ = os.Executable()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := plane.New(ctx, o)
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-stopped)
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(o.Dir, "lcm.log"))
			t.Logf("log's end:\n%s", log[max(0, len(log)-tailBytes):])
		}
	})
	s := &stage{plane: p, outside: demo.NewOutside(p.Endpoints())}
	s.meet(t, o.Dir)
	s.warm(t)
	return s
}

// meet finds both replicas and gets everybody's tokens.
func (s *stage) meet(t *testing.T, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for n := range s.bases {
		at := s.plane.Endpoints()
		at.API = at.Services[plane.APIReplica(n+1)]
		s.bases[n] = at.API
		require.NoError(t, demo.Until(ctx, func() (ok bool, err error) {
			s.people[n], err = demo.NewPeople(ctx, at, s.outside)
			return err == nil, nil
		}))
	}
	var err error
	s.token, err = s.outside.Token(ctx, "user", "user")
	require.NoError(t, err)
	s.inside, err = client.New(client.Config{
		BaseURL: s.bases[1], Service: plane.Workers, APIKey: secret.New(apiKey(t, dir)), Retry: client.Retry{Attempts: 8},
	})
	require.NoError(t, err)
}

// apiKey is a controller's, as the plane keeps it.
func apiKey(t *testing.T, dir string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "keys.json"))
	require.NoError(t, err)
	var keys struct {
		API map[string]string `json:"api"`
	}
	require.NoError(t, json.Unmarshal(content, &keys))
	return keys.API[plane.Workers]
}

// warm makes a definition, and waits for a worker that takes bookings.
func (s *stage) warm(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	s.definition, err = s.people[0].Author.CreateDefinition(ctx, api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: "replicas", Version: "1.0.0", TopologyYAML: demo.Sample(), GradingEnabled: new(bool), CollectionEnabled: new(bool),
	}})
	require.NoError(t, err)
	i, err := demo.Book(ctx, s.people[0], s.definition.ID, 30)
	require.NoError(t, err)
	require.NoError(t, demo.Until(ctx, func() (bool, error) {
		i, err = s.people[0].User.GetInstance(ctx, api.ID{ID: i.ID})
		return err == nil && i.WorkerID != "", nil
	}), demo.Describe(i))
}

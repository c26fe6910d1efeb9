package seeds

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
)

// storm is one seed: labs are booked, faults rain for a while, then it is calm and all must have come to its end.
type storm struct {
	t      *testing.T
	seed   uint64
	random *rand.Rand
	plane  *bubble.Plane
	log    *tail
	began  time.Time

	size       size
	definition api.Definition
	people     sync.WaitGroup

	mu sync.Mutex
	// booked are the instances that the API has acknowledged.
	booked []string
	// story tells what was done, for the reader of a failure.
	story []string
}

// size says how much happens in a storm: at most so many replicas, labs and faults, in a time between two.
type size struct {
	replicas, labs, faults int
	shortest, longest      time.Duration
}

// sizes are those of most storms, in which a failure is easily read, and of one in eight, in which faults meet.
func sizes() [2]size {
	return [2]size{
		{replicas: 1, labs: 1, faults: 5, shortest: 20 * time.Second, longest: 80 * time.Second},
		{replicas: 2, labs: 3, faults: 12, shortest: 40 * time.Second, longest: 240 * time.Second},
	}
}

// slotMinutes is long enough for a lab that is brought up in calm weather and finishes by itself.
const slotMinutes = 8.0

func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 7)), log: &tail{}, began: time.Now()} //nolint:gosec // a plan, not a secret
	s.size = sizes()[0]
	if s.random.IntN(8) == 0 {
		s.size = sizes()[1]
	}
	replicas := 1 + s.random.IntN(s.size.replicas)
	share := 0.01 + 0.14*s.random.Float64()
	var err error
	s.plane, err = bubble.New(shared, bubble.Options{Seed: seed, Share: share, Replicas: replicas, Log: slog.New(quiet{slog.NewJSONHandler(s.logTo(), nil)})})
	require.NoError(t, err)
	s.tell("%d replicas of each service, faults in %.1f %% of calls", replicas, 100*share)
	return s
}

// logTo is the tail, or the file that LOG names.
func (s *storm) logTo() io.Writer {
	path := os.Getenv("LOG")
	if path == "" {
		return s.log
	}
	file, err := os.Create(path)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = file.Close() })
	return io.MultiWriter(s.log, file)
}

func (s *storm) run() {
	defer func() {
		if err := s.plane.Stop(); err != nil {
			s.t.Errorf("stop: %v", err)
		}
		if s.t.Failed() || testing.Verbose() {
			s.t.Logf("story:\n%s", s.told())
		}
		if s.t.Failed() {
			s.t.Logf("replay: make chaos-seeds SEED=%d\nlog's end:\n%s", s.seed, s.log.String())
		}
	}()
	s.publish()
	monitor, stop := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(monitor) })
	defer watching.Wait()
	defer stop()
	s.plane.Rain(true)
	s.blow()
	s.plane.Restore()
	s.tell("calm")
	<-time.After(bubble.LateBy) // what was given up in the storm has arrived by then
	s.people.Wait()
	s.settle()
	s.clear()
	s.checkRest()
}

// tell adds a line to the story.
func (s *storm) tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.story = append(s.story, fmt.Sprintf("%8s ", time.Since(s.began).Round(time.Millisecond))+fmt.Sprintf(format, args...))
}

func (s *storm) told() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := ""
	for _, line := range s.story {
		text += line + "\n"
	}
	return text
}

// publish makes a definition from a content package, in fair weather.
func (s *storm) publish() {
	archive, err := demo.Archive([]byte(demo.Sample()), time.Now())
	require.NoError(s.t, err)
	form := demo.FormName(time.Now())
	s.definition, err = s.plane.Author.CreateDefinition(s.t.Context(), api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: form, Version: "1.0.0", FormQualifiedName: form,
	}})
	require.NoError(s.t, err)
	require.NoError(s.t, s.plane.Upload(s.t.Context(), s.definition.ContentBucketName, s.definition.UserSessionPackageName, archive))
	s.within(5*time.Minute, "the content is synced", func() (bool, string) {
		d, err := s.plane.Author.GetDefinition(s.t.Context(), api.ID{ID: s.definition.ID})
		require.NoError(s.t, err)
		return d.Status == "active", d.SyncError
	})
}

// within waits for a condition and fails with what it said last.
func (s *storm) within(limit time.Duration, what string, holds func() (ok bool, detail string)) {
	s.t.Helper()
	deadline := time.Now().Add(limit)
	for {
		ok, detail := holds()
		if ok {
			return
		}
		require.True(s.t, time.Now().Before(deadline), "not within %s: %s: %s", limit, what, detail)
		<-time.After(5 * time.Second)
	}
}

// blow lets the planned events happen, each in its time.
func (s *storm) blow() {
	events := s.plan()
	for _, e := range events {
		<-time.After(time.Until(s.began.Add(e.at)))
		s.tell("%s", e.what)
		e.do()
	}
	<-time.After(10 * time.Second)
}

// event is something that happens at a time.
type event struct {
	at   time.Duration
	what string
	do   func()
}

// plan draws the bookings and the faults of the seed.
func (s *storm) plan() []event {
	start := time.Since(s.began)
	length := s.size.shortest + s.seconds((s.size.longest - s.size.shortest).Seconds())
	at := func() time.Duration { return start + time.Duration(s.random.Float64()*float64(length)) }
	var all []event
	for n := range 1 + s.random.IntN(s.size.labs) {
		quits := time.Duration(0)
		if s.random.IntN(4) == 0 {
			quits = time.Duration(s.random.IntN(90)) * time.Second
		}
		all = append(all, event{at() / time.Duration(n+1), "book", func() { s.people.Go(func() { s.book(quits) }) }})
	}
	for range s.size.faults/4 + s.random.IntN(s.size.faults) {
		all = append(all, s.fault(at())...)
	}
	slices.SortStableFunc(all, func(a, b event) int { return int(a.at - b.at) })
	return all
}

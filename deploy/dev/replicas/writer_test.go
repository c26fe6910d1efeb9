package replicas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// promise is what was acknowledged for one booking.
type promise struct {
	id         string
	end        time.Time
	terminated bool
}

// promises gathers what was acknowledged.
type promises struct {
	mu   sync.Mutex
	byID map[string]promise
	// extended and refused count extensions.
	extended, refused int
}

func (p *promises) note(one promise) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byID[one.id] = one
}

// windows is how many slots all bookings share; each overlaps the next one. There is room for about half of the bookings.
const windows = 24

// write is one writer: it books again and again, extends some of what it has and gives some up, on whichever replica.
func (s *stage) write(ctx context.Context, writer, bookings int, booked *promises, after func()) error {
	dice := rand.New(rand.NewPCG(uint64(writer), 7)) //nolint:gosec // a seed
	base := time.Now().Add(24 * time.Hour).Truncate(time.Hour)
	for n := range bookings {
		start := base.Add(time.Duration(dice.IntN(windows)) * 20 * time.Minute)
		end := start.Add(30 * time.Minute)
		body := api.CreateInstanceBody{DefinitionID: s.definition.ID, TimeslotStart: &start, TimeslotEnd: &end}
		id, err := s.bookTwice(ctx, writer+n, fmt.Sprintf("writer-%d-%d", writer, n), body)
		if err != nil {
			return err
		}
		one := promise{id: id, end: end}
		booked.note(one)
		if one, err = s.change(ctx, dice, one, booked); err != nil {
			return err
		}
		booked.note(one)
		after()
	}
	return nil
}

// change extends or ends one of four.
func (s *stage) change(ctx context.Context, dice *rand.Rand, one promise, booked *promises) (promise, error) {
	user := s.people[dice.IntN(2)].User
	switch dice.IntN(4) {
	case 0:
		end := one.end.Add(20 * time.Minute)
		_, err := user.ExtendInstance(ctx, api.ExtendInstance{ID: one.id, Body: api.ExtendInstanceBody{NewTimeslotEnd: end}})
		booked.mu.Lock()
		defer booked.mu.Unlock()
		if failure.Is(err, failure.Conflict) {
			booked.refused++
			return one, nil
		}
		booked.extended++
		one.end = end
		return one, err
	case 1:
		_, err := user.TerminateInstance(ctx, api.TerminateInstance{ID: one.id})
		one.terminated = true
		return one, err
	default:
		return one, nil
	}
}

// bookTwice sends one request under one key to a replica, and again to the other: it is one booking, whoever answers.
func (s *stage) bookTwice(ctx context.Context, turn int, key string, body api.CreateInstanceBody) (string, error) {
	first, err := s.post(ctx, turn, key, body)
	if err != nil {
		return "", err
	}
	second, err := s.post(ctx, turn+1, key, body)
	if err != nil {
		return "", err
	}
	if first != second {
		return "", fmt.Errorf("key %s made %s and %s", key, first, second)
	}
	return first, nil
}

// tries bounds how often a request is sent.
const tries = 200

// post sends a request until one of the replicas has answered for good; it changes over where one does not.
func (s *stage) post(ctx context.Context, turn int, key string, body api.CreateInstanceBody) (id string, err error) {
	for try := range tries {
		id, err = s.send(ctx, s.bases[(turn+try)%2], key, body)
		if !errors.Is(err, errAgain) {
			return id, err
		}
		select {
		case <-ctx.Done():
			return "", errors.Join(err, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return "", err
}

var errAgain = errors.New("not answered for good")

func (s *stage) send(ctx context.Context, base, key string, body api.CreateInstanceBody) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	content, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+api.RouteCreateInstance.Path, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set(api.HeaderIdempotencyKey, key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", errors.Join(errAgain, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	switch {
	case err != nil || response.StatusCode >= http.StatusInternalServerError:
		return "", errors.Join(errAgain, err, fmt.Errorf("%s: %.200s", response.Status, answer))
	case response.StatusCode >= http.StatusBadRequest:
		return "", fmt.Errorf("%s: %.300s", response.Status, answer)
	}
	var made api.Instance
	if err := json.Unmarshal(answer, &made); err != nil {
		return "", err
	}
	return made.ID, nil
}

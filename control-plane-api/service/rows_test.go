package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// post makes a definition and tells the status; it may be called from any goroutine.
func (r *replica) post(ctx context.Context, token, key, name string) (status int, retryAfter string, err error) {
	body, err := json.Marshal(definitionBody(name))
	if err != nil {
		return 0, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+api.RouteCreateDefinition.Path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set(api.HeaderIdempotencyKey, key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode, answer.Header.Get("Retry-After"), nil
}

// slow answers one of fifty calls late, two seconds late.
func slow() storetest.Hook {
	var calls atomic.Int64
	return func(context.Context, storetest.Call) storetest.Fault {
		if calls.Add(1)%50 == 0 {
			return storetest.Fault{Delay: 2 * time.Second}
		}
		return storetest.Fault{}
	}
}

// away holds every call until its caller gives up, or the engine does, and counts how many wait at once.
type away struct {
	mu            sync.Mutex
	waiting, most int
}

func (a *away) hook(ctx context.Context, _ storetest.Call) storetest.Fault {
	a.mu.Lock()
	a.waiting++
	a.most = max(a.most, a.waiting)
	a.mu.Unlock()
	// Every engine bounds its calls, also those without a deadline.
	patience := time.NewTimer(5 * time.Second)
	defer patience.Stop()
	select {
	case <-ctx.Done():
	case <-patience.C:
	}
	a.mu.Lock()
	a.waiting--
	a.mu.Unlock()
	return storetest.Fault{Fail: store.ErrUnavailable}
}

// peak is how many calls have waited at once at most.
func (a *away) peak() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.most
}

// Row 12: a slow store makes answers late and fails none. When it is cut off, so that calls hang, callers are told to come
// back, nothing piles up, and all goes on when it is there again.
func TestRow12ASlowStoreAndThenNone(t *testing.T) {
	const atOnce, background = 16, 64
	w := newWorld(t)
	// A request that meets several late calls still has time.
	w.env["MAX_CONCURRENT_REQUESTS"], w.env["REQUEST_TIMEOUT"] = fmt.Sprint(atOnce), "12s"
	r := w.start(t)
	token := w.idp.token(t, "ann", "admin")
	eventually(t, func() bool { return w.settingsProjected(t) }, "the start is over")

	w.engine.SetHook(slow())
	var group errgroup.Group
	group.SetLimit(atOnce / 2)
	for n := range 40 {
		group.Go(func() error {
			status, _, err := r.post(t.Context(), token, fmt.Sprintf("slow-%d", n), fmt.Sprintf("slow %d", n))
			if err == nil && status != http.StatusCreated {
				err = fmt.Errorf("request %d: %d", n, status)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())

	gone := &away{}
	w.engine.SetHook(gone.hook)
	group = errgroup.Group{}
	for n := range 4 * atOnce {
		group.Go(func() error {
			status, retryAfter, err := r.post(t.Context(), token, fmt.Sprintf("away-%d", n), fmt.Sprintf("away %d", n))
			if err == nil && (status != http.StatusServiceUnavailable || retryAfter == "") {
				err = fmt.Errorf("request %d: %d, Retry-After %q", n, status, retryAfter)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.LessOrEqual(t, gone.peak(), atOnce+background, "calls wait in a bounded number")

	w.engine.SetHook(nil)
	for n := range 4 * atOnce {
		eventually(t, func() bool {
			status, _, err := r.post(t.Context(), token, fmt.Sprintf("away-%d", n), fmt.Sprintf("away %d", n))
			return err == nil && status == http.StatusCreated
		}, "the same request is done when the store is there again")
	}
	found, err := w.engine.Find(t.Context(), "lablet_definitions", store.Query{})
	require.NoError(t, err)
	require.Len(t, found, 40+4*atOnce, "each once")
	for _, d := range found {
		eventually(t, func() bool { return w.projected(t, d.ID, d.Version) }, "the key is put")
	}
}

package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// mixed works keys by their names.
func mixed(ctx context.Context, key string, _ int) (reconcile.Result, error) {
	switch key {
	case "works":
		<-ctx.Done()
		return reconcile.Result{}, ctx.Err()
	case "fails":
		return reconcile.Result{}, failure.Wrap(errors.New("password hunter2"), failure.Unavailable, "cml_silent", "CML does not answer.")
	case "leaks":
		return reconcile.Result{}, errors.New("dial https://user:hunter2@cml")
	case "rests":
		return reconcile.Result{}, reconcile.Terminal(failure.New(failure.Invalid, "no_launch", "There is no launch."))
	case "panics":
		panic("hunter2")
	case "waits":
		return reconcile.Result{After: time.Hour}, nil
	default:
		return reconcile.Result{}, nil
	}
}

func TestKeyStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{Workers: 4}, mixed)
		for _, key := range []string{"works", "fails", "leaks", "rests", "panics", "waits", "done"} {
			b.Enqueue(key)
		}
		synctest.Wait()
		states, total := b.KeyStates(100)
		require.Equal(t, 6, total)
		byKey := map[string]reconcile.KeyState{}
		for _, s := range states {
			byKey[s.Key] = s
			require.NotContains(t, s.LastError, "hunter2", "the inside of an error may hold secrets")
			one, known := b.KeyState(s.Key)
			require.True(t, known)
			require.Equal(t, s, one)
		}
		require.Equal(t, reconcile.KeyWorking, byKey["works"].Phase)
		require.NotNil(t, byKey["works"].Since)
		require.Equal(t, reconcile.KeyBackingOff, byKey["fails"].Phase)
		require.Equal(t, "cml_silent: CML does not answer.", byKey["fails"].LastError)
		require.Equal(t, 1, byKey["fails"].Attempts)
		require.WithinRange(t, *byKey["fails"].NextTry, time.Now(), time.Now().Add(time.Second))
		require.Equal(t, reconcile.KeyFailed, byKey["rests"].Phase)
		require.Nil(t, byKey["rests"].NextTry, "only a change wakes it")
		require.Contains(t, byKey["panics"].LastError, "panic")
		require.Equal(t, reconcile.KeyDelayed, byKey["waits"].Phase)
		require.Empty(t, byKey["waits"].LastError)
		_, known := b.KeyState("done")
		require.False(t, known)
	})
}

func TestTrigger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{Keys: func() []string { return []string{"a", "rests"} }}, mixed)
		require.Equal(t, 1, b.ran("rests"))
		require.Zero(t, b.Trigger("unknown"))
		require.Equal(t, 1, b.Trigger("rests"))
		require.Equal(t, 2, b.ran("rests"), "a person may ask for what has failed for good")
		require.Equal(t, 2, b.Trigger(""))
		require.Equal(t, 3, b.ran("rests"))
		require.Equal(t, 2, b.ran("a"))
	})
}

func TestFailuresOfAnEarlierLeaderCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{
			Keys: func() []string { return []string{"fails", "other"} },
			Failures: func(key string) int {
				if key == "fails" {
					return 5
				}
				return 0
			},
		}, mixed)
		require.Equal(t, 1, b.ran("fails"), "a new leader tries at once")
		attempts, next, _ := b.Failure("fails")
		require.Equal(t, 6, attempts)
		require.WithinRange(t, next, time.Now().Add(25*time.Second), time.Now().Add(32*time.Second), "and then waits as long as the old one would")
		b.Enqueue("fails")
		synctest.Wait()
		attempts, _, _ = b.Failure("fails")
		require.Equal(t, 1, attempts, "a change resets them all the same")
	})
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewPedanticRegistry()
		metrics, err := reconcile.NewMetrics(registry, "svc")
		require.NoError(t, err)
		b := start(t, reconcile.Options[string]{Name: "things", Workers: 6, Metrics: metrics}, mixed)
		require.NoError(t, metrics.Watch("things", b.Stats))
		require.Error(t, metrics.Watch("things", b.Stats), "two of one name cannot be told apart")
		for _, key := range []string{"works", "fails", "rests", "panics", "waits", "done"} {
			b.Enqueue(key)
		}
		<-time.After(time.Second)
		synctest.Wait()
		text := scrape(t, registry)
		for _, line := range []string{
			`svc_active_reconciles{controller="things"} 1`,
			`svc_reconcile_retries_total{controller="things"} 2`,
			`svc_reconcile_total{controller="things",status="error"} 2`,
			`svc_reconcile_total{controller="things",status="failed"} 3`,
			`svc_reconcile_total{controller="things",status="requeue"} 1`,
			`svc_reconcile_total{controller="things",status="success"} 1`,
			`svc_resources_delayed{controller="things"} 3`,
			`svc_resources_failing{controller="things"} 3`,
			`svc_resources_pending{controller="things"} 0`,
			`svc_reconcile_wait_seconds_count{controller="things"} 7`,
			`svc_reconcile_duration_seconds_count{controller="things",status="failed"} 3`,
		} {
			require.Contains(t, text, line+"\n")
		}
	})
}

// scrape gives a registry as Prometheus reads it.
func scrape(t *testing.T, registry prometheus.Gatherer) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())
	return recorder.Body.String()
}

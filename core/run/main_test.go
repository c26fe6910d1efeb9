package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type coded struct{}

func (coded) Error() string { return "bad settings" }
func (coded) ExitCode() int { return 2 }

func TestMainExitCodes(t *testing.T) {
	for _, test := range []struct {
		name    string
		program func(context.Context) error
		code    int
		stderr  string
	}{
		{"done", func(context.Context) error { return nil }, 0, ""},
		{"failed", func(context.Context) error { return errors.New("broken") }, 1, "lcm: broken\n"},
		{"with a code of its own", func(context.Context) error { return fmt.Errorf("start: %w", coded{}) }, 2, "lcm: start: bad settings\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			require.Equal(t, test.code, mainTo(t.Context(), &stderr, "lcm", test.program))
			require.Equal(t, test.stderr, stderr.String())
		})
	}
}

func TestMainStopsOnSignal(t *testing.T) {
	code := mainTo(t.Context(), io.Discard, "lcm", func(ctx context.Context) error {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Second):
			return errors.New("the signal was not seen")
		}
	})
	require.Zero(t, code)
}

func TestHTTPPartDrains(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	arrived := make(chan string, 2)
	ctx, cancel := context.WithCancel(t.Context())
	mux := http.NewServeMux()
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		arrived <- "short"
		<-ctx.Done()
		_, _ = io.WriteString(w, "whole")
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		arrived <- "stream"
		<-r.Context().Done()
		_, _ = io.WriteString(w, "told")
	})
	done := make(chan error, 1)
	part := HTTP(&http.Server{Handler: mux, ReadHeaderTimeout: time.Second}, listener, 400*time.Millisecond)
	go func() { done <- part(ctx) }()

	answers := make(chan string, 2)
	for _, path := range []string{"/short", "/stream"} {
		go func() {
			response, err := http.Get("http://" + listener.Addr().String() + path)
			if err != nil {
				answers <- err.Error()
				return
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			answers <- fmt.Sprint(string(body), err)
		}()
	}
	<-arrived
	<-arrived
	cancel()
	require.ElementsMatch(t, []string{"whole<nil>", "told<nil>"}, []string{<-answers, <-answers})
	require.NoError(t, <-done)
	_, err = net.DialTimeout("tcp", listener.Addr().String(), time.Second)
	require.Error(t, err)
}

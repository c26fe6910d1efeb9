package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// HTTP makes a part that serves on a listener. When stopped it refuses new connections and lets requests end within drain
// (0 means 5 s); long ones, such as event streams, are told by the end of their context and then cut. The server must have
// its time-outs set; its BaseContext is set here.
func HTTP(server *http.Server, listener net.Listener, drain time.Duration) func(ctx context.Context) error {
	if drain <= 0 {
		drain = 5 * time.Second
	}
	return func(ctx context.Context) error {
		requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		server.BaseContext = func(net.Listener) context.Context { return requests }
		served := make(chan error, 1)
		go func() { served <- server.Serve(listener) }()
		select {
		case err := <-served:
			return fmt.Errorf("serve %s: %w", listener.Addr(), err)
		case <-ctx.Done():
		}
		// Half of the time for those that end by themselves, the rest for those that must be told.
		told := time.AfterFunc(drain/2, cancel)
		defer told.Stop()
		stop, done := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer done()
		if err := server.Shutdown(stop); err != nil {
			_ = server.Close()
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", listener.Addr(), err)
		}
		return nil
	}
}

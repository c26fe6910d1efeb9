// Package ferret runs a FerretDB server inside a test's process, behind a relay.
package ferret

import (
	"context"
	"log/slog"
	"net/url"
	"testing"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/wire/internal/relay"
)

// Start runs a server until the end of the test and returns its own address, for a [Relay]. A process may run only one at a time: two share unguarded state.
func Start(t testing.TB) (upstream string) {
	t.Helper()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:   slog.New(slog.DiscardHandler),
		Handler:  "sqlite",
		// A test's data need not outlive the machine.
		SQLiteURL: "file:" + t.TempDir() + "/?_pragma=synchronous(off)",
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-stopped)
	})
	address, err := url.Parse(server.MongoDBURI())
	require.NoError(t, err)
	return address.Host
}

// Relay relays to the server at upstream until the end of the test. All that write the same data at the same time must use the same relay.
func Relay(t testing.TB, upstream string) *relay.Relay {
	t.Helper()
	r, err := relay.New(t.Context(), upstream)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

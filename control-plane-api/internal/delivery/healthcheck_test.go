package delivery_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
)

func TestHealthCheckSendsOneRealEvent(t *testing.T) {
	var status int
	var got []string
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Ce-Id")+" "+r.Header.Get("Ce-Type"))
		w.WriteHeader(status)
	}))
	defer sink.Close()
	address, err := url.Parse(sink.URL)
	require.NoError(t, err)
	config := delivery.Config{Sink: address, Source: "/lcm", Prefix: "io.test", Now: time.Now}
	d := delivery.New(config, nil, nil, slog.New(slog.DiscardHandler))
	status = http.StatusAccepted
	id, configured, err := d.HealthCheck(t.Context())
	require.NoError(t, err)
	require.True(t, configured)
	require.Equal(t, []string{id + " io.test.healthcheck.v1"}, got)
	status = http.StatusServiceUnavailable
	_, _, err = d.HealthCheck(t.Context())
	require.Equal(t, "sink_refuses", failure.CodeOf(err))
	sink.Close()
	_, _, err = d.HealthCheck(t.Context())
	require.Equal(t, "sink_unreachable", failure.CodeOf(err))
	_, configured, err = delivery.New(delivery.Config{}, nil, nil, slog.New(slog.DiscardHandler)).HealthCheck(t.Context())
	require.NoError(t, err)
	require.False(t, configured, "what is not configured is no fault")
}

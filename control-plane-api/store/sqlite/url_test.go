package sqlite

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		reason, url string
		want        options
	}{
		{"defaults", "sqlite:///var/lib/lcm/store.db", options{"/var/lib/lcm/store.db", "full", 5 * time.Second, 4}},
		{"all options", "sqlite:///s.db?synchronous=NORMAL&busy_timeout=250ms&readers=9", options{"/s.db", "normal", 250 * time.Millisecond, 9}},
		{"escaped path", "sqlite:///a%3Fb%20c.db", options{"/a?b c.db", "full", 5 * time.Second, 4}},
		{"round trip", URL("/a?b#c%.db"), options{"/a?b#c%.db", "full", 5 * time.Second, 4}},
	} {
		got, err := parseURL(c.url)
		require.NoError(t, err, c.reason)
		require.Equal(t, c.want, got, c.reason)
	}
	for reason, url := range map[string]string{
		"memory":            "sqlite://:memory:",
		"memory, slashes":   "sqlite:///:memory:",
		"relative":          "sqlite://store.db",
		"relative with dot": "sqlite://./store.db",
		"no path":           "sqlite://",
		"a directory":       "sqlite:///var/lib/",
		"user":              "sqlite://user:pw@/store.db",
		"unknown option":    "sqlite:///s.db?mode=memory",
		"bad synchronous":   "sqlite:///s.db?synchronous=sometimes",
		"bad time-out":      "sqlite:///s.db?busy_timeout=5",
		"no readers":        "sqlite:///s.db?readers=0",
	} {
		_, err := parseURL(url)
		require.ErrorIs(t, err, store.ErrInvalid, reason)
	}
	_, err := parseURL("sqlite://:memory:")
	require.ErrorContains(t, err, "each connection would see its own empty store")
}

package mongo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		reason, url, database string
		patience, selection   time.Duration
	}{
		{"defaults", "mongodb://db/lcm", "lcm", 10 * time.Second, 5 * time.Second},
		{"several hosts", "mongodb://user:p%40ss@a:1,b:2/lcm_main?replicaSet=rs", "lcm_main", 10 * time.Second, 5 * time.Second},
		{"limits", "mongodb://db/lcm-1?timeoutMS=300&serverSelectionTimeoutMS=200", "lcm-1", 300 * time.Millisecond, 200 * time.Millisecond},
		{"escaped name", "mongodb://db/l%63m", "lcm", 10 * time.Second, 5 * time.Second},
	} {
		got, err := parseURL(c.url)
		require.NoError(t, err, c.reason)
		require.Equal(t, c.database, got.database, c.reason)
		require.Equal(t, c.patience, got.patience, c.reason)
		require.Equal(t, c.selection, *got.client.ServerSelectionTimeout, c.reason)
	}
}

func TestURLCannotWeakenReadsAndWrites(t *testing.T) {
	got, err := parseURL("mongodb://db/lcm?w=1&journal=false&readPreference=secondary&readConcernLevel=local")
	require.NoError(t, err)
	require.Equal(t, "majority", got.client.WriteConcern.W)
	require.True(t, *got.client.WriteConcern.Journal)
	require.Equal(t, "majority", got.client.ReadConcern.Level)
	require.Equal(t, readpref.PrimaryMode, got.client.ReadPreference.Mode())
}

func TestBadURLs(t *testing.T) {
	for reason, url := range map[string]string{
		"no database":            "mongodb://user:hunter2@host",
		"empty database":         "mongodb://user:hunter2@host/",
		"database with a dot":    "mongodb://user:hunter2@host/a.b",
		"path of two":            "mongodb://user:hunter2@host/a/b",
		"the server's database":  "mongodb://user:hunter2@host/admin",
		"no host":                "mongodb:///lcm",
		"unescaped password":     "mongodb://user:hunter2@x@host/lcm",
		"slash in the password":  "mongodb://user:hunter2/x@host/lcm",
		"bad option":             "mongodb://user:hunter2@host/lcm?timeoutMS=hunter2",
		"bad port":               "mongodb://user:hunter2@host:port/lcm",
		"file that is not there": "mongodb://user:hunter2@host/lcm?tls=true&tlsCAFile=/nowhere/ca.pem",
	} {
		_, err := parseURL(url)
		require.ErrorIs(t, err, store.ErrInvalid, reason)
		require.NotContains(t, err.Error(), "hunter2", reason)
	}
}

package wire_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// freshDatabase is the store URL of a database that nothing else uses. It is dropped after the test.
func freshDatabase(t testing.TB, server string) string {
	t.Helper()
	name := "lcm_test_" + strings.ToLower(rand.Text())
	url := withDatabase(server, name)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, raw(t, url).Drop(ctx))
	})
	return url
}

// withDatabase puts the name in the place of the URL's path. Credentials keep being looked up where they were.
func withDatabase(server, name string) string {
	base, query, hasQuery := strings.Cut(server, "?")
	scheme, rest, _ := strings.Cut(base, "://")
	hosts, path, _ := strings.Cut(rest, "/")
	if strings.Contains(hosts, "@") && !strings.Contains(query, "authSource") {
		if path == "" {
			path = "admin"
		}
		query, hasQuery = strings.TrimSuffix("authSource="+path+"&"+query, "&"), true
	}
	url := scheme + "://" + hosts + "/" + name
	if hasQuery {
		url += "?" + query
	}
	return url
}

// raw is a connection to the URL's database beside the store.
func raw(t testing.TB, url string) *mongo.Database {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, client.Disconnect(ctx))
	})
	base, _, _ := strings.Cut(url, "?")
	return client.Database(base[strings.LastIndex(base, "/")+1:])
}

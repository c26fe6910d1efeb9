package replicas

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// freshDatabase is the URL of a database of a MongoDB server that nothing else uses. It is dropped after the test, when whoever
// worked on it has stopped.
func freshDatabase(t *testing.T, server string) string {
	t.Helper()
	name := fmt.Sprintf("lcm_replicas_%d", time.Now().UnixNano())
	at, err := withDatabase(server, name)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		client, err := mongo.Connect(options.Client().ApplyURI(at))
		require.NoError(t, err)
		defer func() { require.NoError(t, client.Disconnect(ctx)) }()
		require.NoError(t, client.Database(name).Drop(ctx))
	})
	return at
}

// withDatabase names a database in a server's URL. Credentials are looked up where they were before.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	query := u.Query()
	if u.User != nil && query.Get("authSource") == "" {
		source := strings.TrimPrefix(u.Path, "/")
		if source == "" {
			source = "admin"
		}
		query.Set("authSource", source)
		u.RawQuery = query.Encode()
	}
	u.Path = "/" + name
	return u.String(), nil
}

func TestCredentialsStayWhereTheyAre(t *testing.T) {
	for server, want := range map[string]string{
		"mongodb://db:27017":                     "mongodb://db:27017/x",
		"mongodb://db:27017/?replicaSet=r":       "mongodb://db:27017/x?replicaSet=r",
		"mongodb://u:p@db":                       "mongodb://u:p@db/x?authSource=admin",
		"mongodb://u:p@db/people":                "mongodb://u:p@db/x?authSource=people",
		"mongodb://u:p@a,b/y?authSource=admin":   "mongodb://u:p@a,b/x?authSource=admin",
		"mongodb+srv://u:p@cluster.example/?w=1": "mongodb+srv://u:p@cluster.example/x?authSource=admin&w=1",
	} {
		got, err := withDatabase(server, "x")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

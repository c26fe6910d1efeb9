package s3store

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// storage is an S3 of a few buckets; a path is /bucket or /bucket/key.
type storage struct {
	mu      sync.Mutex
	buckets map[string]map[string]string
	status  int
}

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	objects, exists := s.buckets[bucket]
	object, stored := objects[key]
	switch {
	case s.status != 0:
		refuse(w, s.status, "NotImplemented")
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/"):
		refuse(w, http.StatusForbidden, "AccessDenied")
	case r.Method == http.MethodPut && key == "":
		s.buckets[bucket] = map[string]string{}
	case !exists:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		objects[key] = string(body)
	case !stored:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		_, _ = io.WriteString(w, object)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}

func open(t *testing.T, s *storage, key string) *Store {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	store, err := New(t.Context(), Config{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), AccessKey: key, SecretKey: secret.New("s"), Region: "us-east-1",
	})
	require.NoError(t, err)
	return store
}

func TestObjectsAreReadWithinTheirLimit(t *testing.T) {
	store := open(t, &storage{buckets: map[string]map[string]string{"b": {"SVN.zip": "content"}}}, "key")
	content, err := store.Get(t.Context(), "b", "SVN.zip", 7)
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
	_, err = store.Get(t.Context(), "b", "SVN.zip", 6)
	require.True(t, failure.Is(err, failure.TooLarge))
}

func TestWhatTheStorageSaysBecomesAFailure(t *testing.T) {
	s := &storage{buckets: map[string]map[string]string{"b": {}}}
	store := open(t, s, "key")
	_, err := store.Get(t.Context(), "b", "x", 1)
	require.Equal(t, "object_not_found", failure.CodeOf(err))
	_, err = store.Get(t.Context(), "none", "x", 1)
	require.Equal(t, "bucket_not_found", failure.CodeOf(err))
	_, err = open(t, s, "stranger").Get(t.Context(), "b", "x", 1)
	require.Equal(t, "s3_credentials", failure.CodeOf(err))
	s.status = http.StatusNotImplemented
	_, err = store.Get(t.Context(), "b", "x", 1)
	require.True(t, failure.Is(err, failure.Unavailable))
}

func TestABucketThatIsMissingIsMade(t *testing.T) {
	s := &storage{buckets: map[string]map[string]string{}}
	bucket := &Bucket{Store: open(t, s, "key"), Name: "evidence", ContentType: "application/zip"}
	for range 2 {
		uri, err := bucket.Put(t.Context(), "i/1/evidence.zip", []byte("zip"))
		require.NoError(t, err)
		require.Equal(t, "s3://evidence/i/1/evidence.zip", uri)
	}
	require.Len(t, s.buckets["evidence"], 1)
}

func TestEndpoints(t *testing.T) {
	cases := []struct {
		config Config
		want   string
	}{
		{Config{Endpoint: "s3:9000"}, "http://s3:9000"},
		{Config{Endpoint: "s3:9000", Secure: true}, "https://s3:9000"},
		{Config{Endpoint: "https://s3.example/"}, "https://s3.example"},
		{Config{}, ""},
	}
	for _, c := range cases {
		got, err := c.config.endpoint()
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := Config{Endpoint: "ftp://s3"}.endpoint()
	require.Error(t, err)
}

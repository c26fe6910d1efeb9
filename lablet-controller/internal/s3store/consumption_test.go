package s3store

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/flood"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// S15: whatever the storage answers, it costs a bounded amount of memory and comes out as a failure with a code.
func TestS15AnswersOfTheStorageAreBounded(t *testing.T) {
	for reason, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
	}{
		"an endless object":  {flood.Endless(http.StatusOK, ""), "object_too_large"},
		"an endless refusal": {flood.Endless(http.StatusNotFound, "<Error><Code>"), ""},
		"a refusal nested without end": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, strings.Repeat("<Error>", 200_000))
		}, ""},
		"a refusal that is none": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "{}")
		}, ""},
	} {
		t.Run(reason, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			t.Cleanup(server.Close)
			store, err := New(t.Context(), Config{Endpoint: server.URL, AccessKey: "key", SecretKey: secret.New("s"), Region: "us-east-1"})
			require.NoError(t, err)
			took := flood.Allocated(func() { _, err = store.Get(t.Context(), "bucket", "object", 1<<20) })
			require.Error(t, err)
			require.NotEmpty(t, failure.CodeOf(err))
			if c.code != "" {
				require.Equal(t, c.code, failure.CodeOf(err))
			}
			require.Less(t, took, uint64(64<<20), "a gigabyte was offered, and little of it was taken")
		})
	}
}

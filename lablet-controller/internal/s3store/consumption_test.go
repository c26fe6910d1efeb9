package s3store

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// zeros writes an answer that does not end by itself.
func zeros(w io.Writer) {
	chunk := bytes.Repeat([]byte("0"), 64<<10)
	for range 1 << 12 { // 256 MiB
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// S15: whatever the storage answers, it costs a bounded amount of memory and comes out as a failure with a code.
func TestS15AnswersOfTheStorageAreBounded(t *testing.T) {
	for reason, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
	}{
		"an endless object": {func(w http.ResponseWriter, _ *http.Request) { zeros(w) }, "object_too_large"},
		"an endless refusal": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>")
			zeros(w)
		}, ""},
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
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = store.Get(t.Context(), "bucket", "object", 1<<20)
			runtime.ReadMemStats(&after)
			require.Error(t, err)
			require.NotEmpty(t, failure.CodeOf(err))
			if c.code != "" {
				require.Equal(t, c.code, failure.CodeOf(err))
			}
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "many megabytes were offered, and few of them were taken")
		})
	}
}

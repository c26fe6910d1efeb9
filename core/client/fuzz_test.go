package client

import (
	"net/http"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// FuzzProblem reads any error answer: it becomes a failure with a code, of bounded size, that is never a success.
func FuzzProblem(f *testing.F) {
	for _, seed := range []string{
		`{"type":"urn:x","title":"Conflict","status":409,"code":"book_full","detail":"no room"}`, `{"code":""}`, `{"code":7}`, `null`, `[]`, ``, `<html>`, `{"code":"stale_term"}`,
	} {
		f.Add(409, []byte(seed), "5")
		f.Add(503, []byte(seed), "9223372036854775807")
		f.Add(599, []byte(seed), "-1")
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, retry string) {
		if status < http.StatusBadRequest || status > 999 {
			return
		}
		err := problem(&http.Response{StatusCode: status, Status: strconv.Itoa(status), Header: http.Header{"Retry-After": {retry}}}, body)
		require.Error(t, err)
		require.NotEmpty(t, failure.CodeOf(err))
		after := retryAfter(err)
		require.True(t, after >= 0 && after <= time.Minute, after)
		var told *failure.Error
		require.ErrorAs(t, err, &told)
		require.LessOrEqual(t, len(told.Message), maxDetail+len("…"))
		if utf8.Valid(body) {
			require.True(t, utf8.ValidString(told.Message))
		}
	})
}

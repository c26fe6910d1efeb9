package service_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// raw opens a connection that says what it is told to, byte for byte.
func (r *replica) raw(t *testing.T) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	return c
}

// closed waits until the other side has closed a connection, and says how much it had to say before.
func closed(t *testing.T, c net.Conn) string {
	t.Helper()
	said, err := io.ReadAll(c)
	var timeout net.Error
	if err != nil {
		require.NotErrorAs(t, err, &timeout, "it was left open") // a reset is a close as well
	}
	return string(said)
}

// S6: who sends a header slowly, or none, is cut off, as many as there are, while others are served.
func TestS6SlowHeadersAreCutOff(t *testing.T) {
	w := newWorld(t)
	w.env["REQUEST_TIMEOUT"] = "1s"
	r := w.start(t)
	var slow []net.Conn
	for i := range 100 {
		c := r.raw(t)
		if i%2 == 0 { // the others say nothing at all
			_, err := io.WriteString(c, "GET /api/settings HTTP/1.1\r\nHost: x\r\nX-Slow: ")
			require.NoError(t, err)
		}
		slow = append(slow, c)
	}
	status, _, _ := r.call(t, http.MethodGet, "/health", "", "", nil)
	require.Equal(t, http.StatusOK, status, "others are served")
	dripping := make(chan struct{})
	go func() {
		defer close(dripping)
		for { // a byte now and then does not buy time
			if _, err := io.WriteString(slow[0], "a"); err != nil {
				return
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-t.Context().Done():
				return
			}
		}
	}()
	for _, c := range slow {
		require.NotContains(t, closed(t, c), "200 OK")
	}
	<-dripping
	status, _, _ = r.call(t, http.MethodGet, "/health", "", "", nil)
	require.Equal(t, http.StatusOK, status)
}

// S6: a body that does not come is given up like a header that does not.
func TestS6SlowBodiesAreCutOff(t *testing.T) {
	w := newWorld(t)
	w.env["REQUEST_TIMEOUT"] = "1s"
	r := w.start(t)
	c := r.raw(t)
	_, err := fmt.Fprintf(c, "POST /api/lablet-definitions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", w.idp.token(t, "ann", "admin"))
	require.NoError(t, err)
	require.NotContains(t, closed(t, c), "201 Created")
}

// S6: a header that is larger than any that is needed is refused before it is held in memory.
func TestS6HugeHeadersAreRefused(t *testing.T) {
	r := newWorld(t).start(t)
	for reason, header := range map[string]string{
		"one long line":  "X-Long: " + strings.Repeat("a", 128<<10) + "\r\n",
		"many lines":     strings.Repeat("X-Many: "+strings.Repeat("b", 1000)+"\r\n", 128),
		"a long cookie":  "Cookie: s=" + strings.Repeat("c", 128<<10) + "\r\n",
		"a long address": "",
	} {
		c := r.raw(t)
		path := "/health"
		if header == "" {
			path += "?q=" + strings.Repeat("d", 128<<10)
		}
		// The answer may come, and the connection be closed, before all is sent.
		_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n"+header+"\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			continue // closed without a word, which is a refusal too
		}
		_ = answer.Body.Close()
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode, reason)
	}
	c := r.raw(t)
	_, err := io.WriteString(c, "GET /health HTTP/1.1\r\nHost: x\r\nX-Token: "+strings.Repeat("e", 16<<10)+"\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	require.Contains(t, closed(t, c), "200 OK", "a long token is taken")
}

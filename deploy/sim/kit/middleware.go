package kit

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// ControlPrefix starts the paths of control routes, which faults never touch.
const ControlPrefix = "/_sim/"

// Middleware disturbs calls by the rules. op names the simulator's operation of
// a call and may be nil; it may read and restore the body.
func (f *Faults) Middleware(op func(*http.Request) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, ControlPrefix) {
				next.ServeHTTP(w, r)
				return
			}
			name := ""
			if op != nil {
				name = op(r)
			}
			s := f.strikeFor(r, name)
			if s == nil {
				next.ServeHTTP(w, r)
				return
			}
			s.serve(w, r, next)
		})
	}
}

func (s *strike) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if s.rule.DelayMS > 0 || s.rule.Hold != "" {
		readAhead(r)
	}
	if !s.delay(r) || (s.rule.Hold == Before && !s.hold(r)) || s.rule.Drop == Before {
		Cut()
	}
	work := next
	if s.rule.Status != 0 {
		work = http.HandlerFunc(s.answer)
	}
	if s.rule.Hold != After && s.rule.Drop != After {
		work.ServeHTTP(w, r)
		return
	}
	kept := &keptAnswer{header: http.Header{}}
	work.ServeHTTP(kept, r)
	if (s.rule.Hold == After && !s.hold(r)) || s.rule.Drop == After {
		Cut()
	}
	kept.sendTo(w)
}

// readAhead takes the start of the body into memory: a server notices that the
// client of a waiting call left only when the body was read.
func readAhead(r *http.Request) {
	if r.Body == nil {
		return
	}
	body := r.Body
	head, err := io.ReadAll(io.LimitReader(body, maxAhead))
	rest := io.Reader(body)
	if err != nil {
		rest = failing{err} // the simulator meets the error in its place
	}
	r.Body = readCloser{io.MultiReader(bytes.NewReader(head), rest), body}
}

const maxAhead = 8 << 20

type readCloser struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Cut ends the call by cutting its connection without an answer; it does not
// return. It is net/http's own way (http.ErrAbortHandler): the server closes
// the connection and logs nothing. Whoever calls a handler without a server
// must recover that value and report a broken connection.
func Cut() { panic(http.ErrAbortHandler) } //nolint:forbidigo // net/http's own way to cut a connection

package ec2

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

const (
	maxBody       = 1 << 20
	metricService = "/service/GraniteServiceVersion20100801/operation/"
	metricVersion = "2010-08-01"
	ec2Version    = "2016-11-15"
)

func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(bufferBody, s.kit.Faults.Middleware(operation))
	s.kit.Control(r)
	s.controls(r)
	r.Post("/", s.query)
	r.Post(metricService+"{operation}", s.metricsCBOR)
	return r
}

// bufferBody reads the body so that it can be read again, and so that the
// server notices when the client of a held call leaves.
func bufferBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil { // only when called without a server
			r.Body = http.NoBody
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			http.Error(w, "request body too large", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "request body broken", http.StatusBadRequest)
			return
		}
		r.Body = &replay{Reader: bytes.NewReader(raw), raw: raw}
		next.ServeHTTP(w, r)
	})
}

// replay is a buffered body.
type replay struct {
	*bytes.Reader
	raw []byte
}

func (*replay) Close() error { return nil }

func buffered(r *http.Request) []byte {
	if b, ok := r.Body.(*replay); ok {
		return b.raw
	}
	return nil
}

// form parses the parameters of a query request.
func form(r *http.Request) (params, error) {
	values, err := url.ParseQuery(string(buffered(r)))
	if err != nil {
		return params{}, badRequest("MalformedQueryString", "The body is not a query string")
	}
	return params{values: values}, nil
}

// operation names a call for the fault rules.
func operation(r *http.Request) string {
	if op, ok := strings.CutPrefix(r.URL.Path, metricService); ok {
		return op
	}
	p, err := form(r)
	if err != nil {
		return ""
	}
	return p.get("Action")
}

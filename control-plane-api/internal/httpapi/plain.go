package httpapi

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// plain makes one of the forms that clients may choose between, and refuses what would otherwise be read as something else than
// was sent: a parameter that is given twice or cannot be read, and a body that is packed.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := checkQuery(r.URL.RawQuery); err != nil {
			writeProblem(w, r, problemOf(err))
			return
		}
		if hasBody(r.Method) && packed(r.Header) {
			p := problemOf(failure.New(failure.Malformed, "media_type", "The body must not be compressed: send it without Content-Encoding."))
			p.Status, p.Title = http.StatusUnsupportedMediaType, http.StatusText(http.StatusUnsupportedMediaType)
			w.Header().Set("Accept-Encoding", "identity")
			writeProblem(w, r, p)
			return
		}
		// Every answer has one media type, whatever is asked for; asking for none of it is no reason to answer nothing.
		r.Header.Del("Accept")
		if kind, parameters, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != strings.ToLower(kind) {
			r.Header.Set("Content-Type", strings.TrimSuffix(strings.ToLower(kind)+";"+parameters, ";"))
		}
		answerHead(r)
		next.ServeHTTP(w, r)
	})
}

// hasBody reports whether a request of a method may change something by what it brings.
func hasBody(method string) bool { return method != http.MethodGet && method != http.MethodHead }

func packed(h http.Header) bool {
	encoding := strings.TrimSpace(h.Get("Content-Encoding"))
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// slashless takes a slash at the end of a path away: the Python system's lists had one.
func slashless(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.EscapedPath(), "/") {
			at := *r.URL
			at.Path, at.RawPath = strings.TrimSuffix(at.Path, "/"), strings.TrimSuffix(at.RawPath, "/")
			other := *r
			other.URL = &at
			r = &other
		}
		next.ServeHTTP(w, r)
	})
}

// answerHead finds the route of HEAD, which is that of GET; net/http leaves the body out. An event stream has no other use than its
// body, so there HEAD finds nothing.
func answerHead(r *http.Request) {
	at := chi.RouteContext(r.Context())
	if at != nil && r.Method == http.MethodHead && r.URL.Path != api.RouteStreamEvents.Path {
		at.RouteMethod = http.MethodGet
	}
}

// checkQuery refuses a query that means nothing or more than one thing.
func checkQuery(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return malformed("The query after the path cannot be read.")
	}
	for name, given := range values {
		if len(given) > 1 {
			return malformed("A query parameter is given more than once.")
		}
		if !printable(name) || !printable(given[0]) {
			return malformed("A query parameter holds bytes that are no text.")
		}
		if endOfTime(given[0]) {
			return malformed("A query parameter is a time that has no year of four digits in UTC.")
		}
	}
	return nil
}

// printable reports whether text can be stored, shown and found again as it is.
func printable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// allowed are the methods that a path takes, for answers that refuse another one.
func allowed(router chi.Router, at *url.URL) string {
	path := cmp.Or(at.RawPath, at.Path)
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		if !router.Match(chi.NewRouteContext(), method, path) {
			continue
		}
		methods = append(methods, method)
		if method == http.MethodGet && path != api.RouteStreamEvents.Path {
			methods = append(methods, http.MethodHead)
		}
	}
	return strings.Join(methods, ", ")
}

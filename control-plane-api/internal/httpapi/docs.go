package httpapi

import (
	"embed"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// docsPage is the documentation of the API: it reads /api/openapi.json and loads nothing from anywhere else.
//
//go:embed docs
var docsPage embed.FS

// docsPolicy lets the page run its own script and nothing that stands in the page itself.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func mountDocs(router chi.Router) {
	for path, file := range map[string]struct{ name, kind string }{
		"/api/docs":           {"index.html", "text/html; charset=utf-8"},
		"/api/docs/page.js":   {"page.js", "text/javascript; charset=utf-8"},
		"/api/docs/style.css": {"style.css", "text/css; charset=utf-8"},
	} {
		router.Get(path, func(w http.ResponseWriter, r *http.Request) {
			content, err := docsPage.ReadFile("docs/" + file.name)
			if err != nil {
				writeProblem(w, r, problemOf(err))
				return
			}
			h := w.Header()
			h.Set("Content-Type", file.kind)
			h.Set("Content-Security-Policy", docsPolicy)
			h.Set("Cache-Control", "public, max-age=300")
			_, _ = w.Write(content)
		})
	}
}

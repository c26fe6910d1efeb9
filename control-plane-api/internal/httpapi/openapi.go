package httpapi

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Document prints the OpenAPI document of the contract, without anything that would answer its routes.
func Document(version string) ([]byte, error) {
	s := &server{keys: &Keys{}, log: slog.New(slog.DiscardHandler), handled: map[string]bool{}, headers: replyHeaders()}
	s.huma = humachi.New(chi.NewRouter(), humaConfig(version))
	s.routes()
	return s.document()
}

// document prints the document. Its examples are made here, since they take as long as all the rest of a start.
func (s *server) document() ([]byte, error) {
	describeExamples(s.huma.OpenAPI())
	document, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("OpenAPI document: %w", err)
	}
	return append(document, '\n'), nil
}

// mountDocument answers the document, which is printed when it is first asked for.
func (s *server) mountDocument(router chi.Router) {
	printed := sync.OnceValues(s.document)
	router.Get("/api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		document, err := printed()
		if err != nil {
			writeProblem(w, r, problemOf(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document)
	})
}

// schemaName names the schema of a type. What the contract takes from other packages of core has their name in front, since
// some of it is called alike: api.Worker is Worker, readmodel.Worker is ReadmodelWorker.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	contract := reflect.TypeFor[api.Problem]().PkgPath()
	from := t.PkgPath()
	if from == contract || path.Dir(from) != path.Dir(contract) {
		return name
	}
	prefix := path.Base(from)
	return strings.ToUpper(prefix[:1]) + prefix[1:] + name
}

// headers are the parameters that the guard reads, before a request is decoded.
func headers(info api.Info) (params []*huma.Param) {
	if info.NeedsTerm {
		params = append(params, &huma.Param{
			Name: api.HeaderTerm, In: "header", Required: true, Description: "The leader's term: service/term.", Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	if info.Method != http.MethodGet {
		longest := maxKey
		params = append(params, &huma.Param{
			Name: api.HeaderIdempotencyKey, In: "header", Description: "A repeat with the same key gets the same answer for 24 hours.",
			Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
		})
	}
	return params
}

// describeErrors puts our problem document in the place of the library's, which knows no code.
func describeErrors(document *huma.OpenAPI) {
	schemas := document.Components.Schemas
	problem := schemas.Schema(reflect.TypeFor[api.Problem](), true, "Problem")
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, response := range op.Responses {
				if content, ok := response.Content[api.ProblemType]; ok {
					content.Schema = problem
				}
			}
		}
	}
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
}

package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// describeExamples gives every operation an example of its request, of its success and of each of its errors. They are made
// from the schemas, so they cannot go stale; a contract test sends each of them.
func describeExamples(document *huma.OpenAPI) {
	e := examples{schemas: document.Components.Schemas, bodies: bodies(), parameters: parameterExamples()}
	infos := map[string]api.Info{}
	for _, route := range api.Table() {
		infos[route.Describe().ID] = route.Describe()
	}
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				e.describe(op, infos[op.OperationID])
			}
		}
	}
}

// examples makes values that fit schemas.
type examples struct {
	schemas huma.Registry
	bodies  map[string]string
	// parameters are by operation and name, with a space between.
	parameters map[string]any
}

func (e examples) describe(op *huma.Operation, info api.Info) {
	for _, p := range op.Parameters {
		if (p.In == "path" || p.Required) && p.Example == nil && p.Schema != nil {
			p.Example = e.value(p.Schema, p.Name, 0, true)
		}
		if written, ok := e.parameters[op.OperationID+" "+p.Name]; ok {
			p.Example = written
		}
	}
	if op.RequestBody != nil {
		for kind, content := range op.RequestBody.Content {
			e.fill(content, e.body(op.OperationID, kind, content.Schema))
		}
	}
	for status, response := range op.Responses {
		code, err := strconv.Atoi(status)
		for kind, content := range response.Content {
			switch {
			case kind == api.ProblemType && err == nil:
				e.fill(content, problemExample(code, info))
			case content.Schema != nil && strings.Contains(kind, "json"):
				e.fill(content, e.value(content.Schema, "", 0, true))
			}
		}
	}
}

func (e examples) fill(content *huma.MediaType, value any) {
	if content.Example == nil && len(content.Examples) == 0 && value != nil {
		content.Example = value
	}
}

// body is what a caller would really send: what is written down for the operation, or what it must at least have. A route and its
// form below a region take the same.
func (e examples) body(operation, kind string, schema *huma.Schema) any {
	operation = strings.TrimSuffix(operation, "-in-region")
	for _, name := range []string{operation + " " + kind, operation} {
		var value any
		if written, ok := e.bodies[name]; ok && json.Unmarshal([]byte(written), &value) == nil {
			return value
		}
	}
	return e.value(schema, "", 0, false)
}

// exampleDepth bounds schemas that contain themselves.
const exampleDepth = 8

// value makes a value that fits a schema; whole says whether optional fields are there too.
func (e examples) value(schema *huma.Schema, name string, depth int, whole bool) any {
	if schema == nil || depth > exampleDepth {
		return nil
	}
	if schema.Ref != "" {
		return e.value(e.schemas.SchemaFromRef(schema.Ref), name, depth, whole)
	}
	switch {
	case len(schema.Examples) > 0:
		return schema.Examples[0]
	case schema.Default != nil:
		return schema.Default
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case len(schema.OneOf) > 0:
		return e.value(schema.OneOf[0], name, depth+1, whole)
	case len(schema.AnyOf) > 0:
		return e.value(schema.AnyOf[0], name, depth+1, whole)
	}
	switch schema.Type {
	case huma.TypeObject:
		return e.object(schema, depth, whole)
	case huma.TypeArray:
		if item := e.value(schema.Items, strings.TrimSuffix(name, "s"), depth+1, whole); item != nil {
			return []any{item}
		}
		return []any{}
	case huma.TypeString:
		return text(schema, name)
	case huma.TypeInteger:
		return int64(number(schema))
	case huma.TypeNumber:
		return number(schema)
	case huma.TypeBoolean:
		return true
	default:
		return map[string]any{}
	}
}

func (e examples) object(schema *huma.Schema, depth int, whole bool) any {
	value := map[string]any{}
	for name, property := range schema.Properties {
		if !whole && !slices.Contains(schema.Required, name) {
			continue
		}
		if made := e.value(property, name, depth+1, whole); made != nil {
			value[name] = made
		}
	}
	if more, ok := schema.AdditionalProperties.(*huma.Schema); ok && whole {
		if made := e.value(more, "", depth+1, whole); made != nil {
			value["name"] = made
		}
	}
	return value
}

func number(schema *huma.Schema) float64 {
	value := 1.0
	if schema.Minimum != nil {
		value = max(value, *schema.Minimum)
	}
	if schema.ExclusiveMinimum != nil {
		value = max(value, *schema.ExclusiveMinimum+1)
	}
	if schema.Maximum != nil {
		value = min(value, *schema.Maximum)
	}
	return value
}

// problemExample is an error as the operation would answer it.
func problemExample(status int, info api.Info) any {
	code, detail := "malformed", "The request does not fit the contract."
	switch status {
	case http.StatusBadRequest:
		code, detail = "bad_request", "The request makes no sense here."
	case http.StatusUnauthorized:
		code, detail = "token_missing", "The call needs a bearer token."
	case http.StatusForbidden:
		code, detail = "role_missing", "The call needs another role."
	case http.StatusNotFound:
		code, detail = "not_found", "There is nothing with this id."
		for _, known := range info.Codes {
			if strings.HasSuffix(known, "_not_found") {
				code = known
				break
			}
		}
	case http.StatusConflict:
		code, detail = "conflict", "The state of the thing does not allow this now."
	case http.StatusPreconditionFailed:
		code, detail = "version_changed", "The thing has changed since: read it again."
	case http.StatusRequestEntityTooLarge:
		code, detail = "body_too_large", "The body is too large."
	case http.StatusRequestTimeout:
		code, detail = "body_too_slow", "The body came too slowly."
	case http.StatusUnsupportedMediaType:
		code, detail = "media_type", "The operation does not read this media type."
	case http.StatusTooManyRequests:
		code, detail = "rate_limited", "Too many calls: at most 100 a second."
	case http.StatusServiceUnavailable:
		code, detail = "store_unavailable", "The store does not answer."
	}
	return document(status, code, detail)
}

package wire

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
)

// Bool reads a boolean query parameter, false when it is left out.
func Bool(r *http.Request, name string) (bool, error) {
	v, err := OptionalBool(r, name)
	return v != nil && *v, err
}

// OptionalBool reads a boolean query parameter, nil when it is left out.
func OptionalBool(r *http.Request, name string) (*bool, error) {
	if !r.URL.Query().Has(name) {
		return nil, nil
	}
	var v bool
	switch strings.ToLower(r.URL.Query().Get(name)) {
	case "true", "1", "yes", "on":
		v = true
	case "false", "0", "no", "off":
	default:
		return nil, queryProblem(name, "bool_parsing", "Input should be a valid boolean")
	}
	return &v, nil
}

// Int reads a whole number of at least minimum, the fallback when it is left out.
func Int(r *http.Request, name string, fallback, minimum int) (int, error) {
	if !r.URL.Query().Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < minimum {
		return 0, queryProblem(name, "int_parsing", "Input should be a valid integer")
	}
	return n, nil
}

func queryProblem(name, kind, message string) error {
	return Invalid(schema.Problem{Location: []any{"query", name}, Type: kind, Message: message})
}

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
)

// MaxBody is the largest request body that is read, in bytes.
const MaxBody = 32 << 20

// ReadBody reads a body of at most MaxBody bytes; a larger one is answered 413.
func ReadBody(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, BadRequest("Request body cannot be read.")
	}
	if len(raw) > MaxBody {
		return nil, Errorf(http.StatusRequestEntityTooLarge, "Request body is too large.")
	}
	return raw, nil
}

// Decode reads a JSON body, checks it against the rule and decodes it. The
// generic form is returned too: it tells which keys were sent.
func Decode(r *http.Request, rule schema.Rule, into any) (any, error) {
	raw, err := ReadBody(r)
	if err != nil {
		return nil, err
	}
	var generic any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&generic); err != nil {
		return nil, invalidJSON("Input is not valid JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, invalidJSON("Input has more than one JSON value")
	}
	if problems := schema.Check(rule, generic); len(problems) > 0 {
		return nil, Invalid(inBody(problems)...)
	}
	return generic, Convert(generic, into)
}

// Convert turns a checked generic value into a typed one.
func Convert(generic, into any) error {
	raw, err := json.Marshal(generic)
	if err != nil {
		return BadRequest("Input holds a value that JSON cannot carry.")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode checked value: %w", err)
	}
	return nil
}

func invalidJSON(message string) error {
	return Invalid(schema.Problem{Location: []any{"body"}, Type: "json_invalid", Message: message})
}

func inBody(problems []schema.Problem) []schema.Problem {
	for i := range problems {
		problems[i].Location = append([]any{"body"}, problems[i].Location...)
	}
	return problems
}

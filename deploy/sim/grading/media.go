package grading

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxBody = 1 << 20

// checked is a body that can say what is wrong with it.
type checked interface{ check(f faultsOf) }

// decode reads a command as JSON or YAML, strictly, and checks it.
func decode(r *http.Request, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return newProblem(http.StatusBadRequest, "body cannot be read")
	}
	if len(raw) > maxBody {
		return newProblem(http.StatusRequestEntityTooLarge, "body too large")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return newProblem(http.StatusUnsupportedMediaType, "Content-Type is missing")
	case kind == "application/yaml" || kind == "application/x-yaml":
		if raw, err = yamlToJSON(raw); err != nil {
			return invalid(faultsOf{"$": {err.Error()}})
		}
	case kind != "application/json" && kind != "text/json" &&
		!(strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")):
		return newProblem(http.StatusUnsupportedMediaType, "Content-Type %s is not supported", kind)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid(faultsOf{"$": {err.Error()}})
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid(faultsOf{"$": {"more than one value"}})
	}
	faults := faultsOf{}
	if c, ok := into.(checked); ok {
		c.check(faults)
	}
	if len(faults) > 0 {
		return invalid(faults)
	}
	return nil
}

func yamlToJSON(raw []byte) ([]byte, error) {
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("decode yaml: %w", err)
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("decode yaml: %w", err)
	}
	return out, nil
}

// respond answers in YAML when the client asks for it, else in JSON.
func respond(w http.ResponseWriter, r *http.Request, v any) error {
	if !strings.Contains(r.Header.Get("Accept"), "yaml") {
		kit.WriteJSON(w, http.StatusOK, v)
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil { // JSON is YAML; this keeps integers whole
		return fmt.Errorf("encode answer: %w", err)
	}
	raw, err = yaml.Marshal(tree)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return write(w, "application/yaml", raw)
}

// respondXML answers in XML when the client asks for it, else as respond does.
func respondXML(w http.ResponseWriter, r *http.Request, v any) error {
	if !strings.Contains(r.Header.Get("Accept"), "xml") {
		return respond(w, r, v)
	}
	raw, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return write(w, "application/xml", append([]byte(xml.Header), raw...))
}

func write(w http.ResponseWriter, kind string, raw []byte) error {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(raw) // the client may be gone: nothing to tell it
	return nil
}

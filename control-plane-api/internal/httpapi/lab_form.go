package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

const (
	formType = "multipart/form-data"
	// maxLabFile is the largest lab file in bytes, maxLabTitle the longest title.
	maxLabFile  = 4 << 20
	maxLabTitle = 200
	maxLabID    = 128
)

// labForm is the form of an import.
type labForm struct {
	File     string `json:"file" format:"binary" doc:"CML lab file."`
	WorkerID string `json:"worker_id" maxLength:"128"`
	Title    string `json:"title,omitempty" maxLength:"200"`
}

// labFileForm is the form of an import whose path names the worker.
type labFileForm struct {
	File  string `json:"file" format:"binary" doc:"CML lab file."`
	Title string `json:"title,omitempty" maxLength:"200"`
}

// readImport reads an import from JSON or from a form, with the limits of the contract.
func readImport(w http.ResponseWriter, r *http.Request, limit int64) (api.ImportLabBody, error) {
	var body api.ImportLabBody
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	content := http.MaxBytesReader(w, r.Body, limit)
	switch kind {
	case formType:
		body, err = readForm(multipart.NewReader(content, params["boundary"]))
	case "application/json":
		err = decodeStrictly(content, &body)
	default:
		return body, failure.New(failure.Malformed, "media_type", "A lab comes as %s or application/json.", formType)
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return body, failure.New(failure.TooLarge, "body_too_large", "A request may have %d bytes.", limit)
	}
	if err != nil {
		return body, failure.Wrap(err, failure.Malformed, "malformed", "The request could not be read.")
	}
	return body, checkImport(body)
}

// decodeStrictly reads a JSON body as strictly as the OpenAPI library does where it reads one.
func decodeStrictly(from io.Reader, into any) error {
	data, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	if err := checkJSON(data); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("more than one value")
	}
	return nil
}

// readForm reads the parts of a form; a part that nobody knows is refused.
func readForm(form *multipart.Reader) (api.ImportLabBody, error) {
	var body api.ImportLabBody
	fields := map[string]*string{"file": &body.TopologyYAML, "worker_id": &body.WorkerID, "title": &body.Title}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return body, err
		}
		field := fields[part.FormName()]
		if field == nil {
			return body, fmt.Errorf("unknown or repeated part %q", part.FormName())
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return body, err
		}
		*field = string(text)
		delete(fields, part.FormName())
	}
}

func checkImport(body api.ImportLabBody) error {
	switch {
	case body.TopologyYAML == "":
		return malformed("The lab file is missing.")
	case len(body.TopologyYAML) > maxLabFile, len([]rune(body.Title)) > maxLabTitle, len(body.WorkerID) > maxLabID:
		return malformed("A field is longer than it may be.")
	case !printable(body.Title), !printable(body.WorkerID):
		return malformed("A field holds bytes that are no text.")
	default:
		return nil
	}
}

// parameters documents the path parameters of a route that reads them by itself.
func parameters(op huma.Operation, names ...string) huma.Operation {
	for _, name := range names {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
	}
	return op
}

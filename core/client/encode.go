package client

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// message is an encoded request, ready to be sent more than once.
type message struct {
	path   string
	header http.Header
	body   []byte
}

// encode turns a request value into path, query, headers and body by its tags.
func encode(info api.Info, req any) (message, error) {
	m := message{path: info.Path, header: http.Header{"Accept": {"application/json"}}}
	query := url.Values{}
	if err := m.fill(reflect.ValueOf(req), query); err != nil {
		return m, fmt.Errorf("%s: %w", info.ID, err)
	}
	if strings.Contains(m.path, "{") {
		return m, fmt.Errorf("%s: path %s is not filled", info.ID, m.path)
	}
	if len(query) > 0 {
		m.path += "?" + query.Encode()
	}
	return m, nil
}

func (m *message) fill(value reflect.Value, query url.Values) error {
	for i := range value.NumField() {
		field, part := value.Type().Field(i), value.Field(i)
		if field.Anonymous && part.Kind() == reflect.Struct {
			if err := m.fill(part, query); err != nil {
				return err
			}
			continue
		}
		if err := m.put(field, part, query); err != nil {
			return err
		}
	}
	return nil
}

func (m *message) put(field reflect.StructField, part reflect.Value, query url.Values) error {
	switch {
	case field.Name == "Body":
		return m.putBody(field, part)
	case field.Tag.Get("path") != "":
		text := fmt.Sprint(part.Interface())
		if text == "" {
			return fmt.Errorf("%s is empty", field.Name)
		}
		m.path = strings.ReplaceAll(m.path, "{"+field.Tag.Get("path")+"}", url.PathEscape(text))
	case part.IsZero():
		return nil
	case field.Tag.Get("query") != "":
		query.Set(field.Tag.Get("query"), fmt.Sprint(part.Interface()))
	case field.Tag.Get("header") != "":
		m.header.Set(field.Tag.Get("header"), fmt.Sprint(part.Interface()))
	}
	return nil
}

func (m *message) putBody(field reflect.StructField, part reflect.Value) error {
	if part.Kind() == reflect.Pointer && part.IsNil() {
		return nil
	}
	body, err := json.Marshal(part.Interface())
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	m.body = body
	m.header.Set("Content-Type", cmp.Or(field.Tag.Get("contentType"), "application/json"))
	return nil
}

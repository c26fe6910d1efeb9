package config

import (
	"encoding"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Setting describes one environment variable.
type Setting struct {
	Name        string
	Type        string
	Default     string
	Required    bool
	Secret      bool
	Description string

	field  string
	goType reflect.Type
}

// Describe lists the settings of a struct in the order of its fields.
func Describe[T any]() []Setting {
	return describe(reflect.TypeFor[T](), "")
}

func describe(t reflect.Type, prefix string) (settings []Setting) {
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("env"), ",")
		switch {
		case name == "-":
		case name == "" && field.Type.Kind() == reflect.Struct:
			settings = append(settings, describe(field.Type, prefix+field.Tag.Get("envPrefix"))...)
		case name != "":
			required := strings.Contains(options, "required") || strings.Contains(options, "notEmpty")
			settings = append(settings, Setting{
				Name:        prefix + name,
				Type:        typeName(field.Type),
				Default:     field.Tag.Get("envDefault"),
				Required:    required,
				Secret:      field.Type == reflect.TypeFor[secret.String](),
				Description: field.Tag.Get("desc"),
				field:       field.Name,
				goType:      field.Type,
			})
		}
	}
	return settings
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[secret.String]():
		return "secret"
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return strings.ToLower(t.Name())
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	default:
		return t.String()
	}
}

// defaultText says what holds when the variable is not set.
func (s Setting) defaultText() string {
	switch {
	case s.Required:
		return "required"
	case s.Default == "":
		return "-"
	default:
		return s.Default
	}
}

// WriteTable prints settings for people, one a line.
func WriteTable(w io.Writer, settings []Setting) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range settings {
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", s.Name, s.Type, s.defaultText(), s.Description)
	}
	return table.Flush()
}

// WriteMarkdown prints settings as a Markdown table.
func WriteMarkdown(w io.Writer, settings []Setting) error {
	var out strings.Builder
	out.WriteString("| name | type | default | meaning |\n|---|---|---|---|\n")
	for _, s := range settings {
		description := strings.ReplaceAll(s.Description, "|", `\|`)
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", s.Name, s.Type, s.defaultText(), description)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// Package config reads a process's settings from its environment into a struct, strictly: a value that cannot be read is
// an error, and all errors are told at once.
//
// A field says `env:"NAME"` (with `,required` where there is no default), `envDefault:"…"` and `desc:"…"`. Nested structs
// may add `envPrefix:"…"`. Times are written as 90s, 10m, or a bare number of seconds. An empty variable counts as not set.
// A field of type secret.String may come from a file instead, whose path is in NAME_FILE. Variables that no field names are
// ignored. A struct with a method Validate() error is asked last.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Error is what is wrong with the settings, all of it. Its exit code is 2.
type Error struct{ Problems []string }

// Error implements error.
func (e *Error) Error() string {
	return "configuration:\n  " + strings.Join(e.Problems, "\n  ")
}

// ExitCode is the one that run.Main takes.
func (e *Error) ExitCode() int { return 2 }

// Load reads settings from an environment in the form of os.Environ. The error is an *Error and shows no secret.
func Load[T any](environ []string) (T, error) {
	var config T
	settings := Describe[T]()
	values, problems := collect(environ, settings)
	err := env.ParseWithOptions(&config, env.Options{
		Environment: values,
		FuncMap:     map[reflect.Type]env.ParserFunc{reflect.TypeFor[time.Duration](): parseDuration},
	})
	problems = append(problems, explain(err, settings)...)
	if len(problems) == 0 {
		problems = append(problems, validate(&config)...)
	}
	if len(problems) > 0 {
		return config, &Error{Problems: problems}
	}
	return config, nil
}

// collect takes what the settings name out of the environment, and secrets out of their files.
func collect(environ []string, settings []Setting) (values map[string]string, problems []string) {
	all := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && value != "" {
			all[name] = value
		}
	}
	values = map[string]string{}
	for _, s := range settings {
		if value, set := all[s.Name]; set {
			values[s.Name] = value
		}
		path := all[s.Name+"_FILE"]
		if !s.Secret || path == "" {
			continue
		}
		if _, both := values[s.Name]; both {
			problems = append(problems, fmt.Sprintf("%s and %s_FILE are both set", s.Name, s.Name))
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s_FILE: %v", s.Name, err))
			continue
		}
		// Editors and shells end a file with a newline that is no part of the secret.
		values[s.Name] = strings.TrimRight(string(content), "\r\n")
	}
	return values, problems
}

// parseDuration also takes a bare number of seconds, as the settings of the Python system are.
func parseDuration(text string) (any, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a duration such as 90s nor a number of seconds", text)
	}
	return d, nil
}

// explain names variables where the library names fields.
func explain(err error, settings []Setting) (problems []string) {
	if err == nil {
		return nil
	}
	all := []error{err}
	if aggregate, ok := errors.AsType[env.AggregateError](err); ok {
		all = aggregate.Errors
	}
	for _, err := range all {
		if failed, ok := errors.AsType[env.ParseError](err); ok {
			problems = append(problems, fmt.Sprintf("%s: %v", nameOf(failed, settings), failed.Err))
			continue
		}
		problems = append(problems, err.Error())
	}
	return problems
}

func nameOf(failed env.ParseError, settings []Setting) string {
	var names []string
	for _, s := range settings {
		if s.field == failed.Name && s.goType == failed.Type {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return failed.Name
	}
	return strings.Join(names, " or ")
}

func validate(config any) []string {
	checked, ok := config.(interface{ Validate() error })
	if !ok {
		return nil
	}
	err := checked.Validate()
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var problems []string
		for _, one := range joined.Unwrap() {
			problems = append(problems, one.Error())
		}
		return problems
	}
	return []string{err.Error()}
}

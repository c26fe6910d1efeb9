package config

import (
	"fmt"
	"io"
)

// Command reads a program's arguments and environment. With --help it prints the settings, with --check-config it reads
// them and says that they are good; then run is false. An argument that it does not know is an error.
func Command[T any](name string, args, environ []string, out io.Writer) (config T, run bool, err error) {
	check := false
	for _, arg := range args {
		switch arg {
		case "--help", "-help", "-h":
			return config, false, help[T](name, out)
		case "--check-config", "-check-config":
			check = true
		default:
			return config, false, &Error{Problems: []string{fmt.Sprintf("unknown argument %q; try --help", arg)}}
		}
	}
	config, err = Load[T](environ)
	if err != nil {
		return config, false, err
	}
	if check {
		_, err = fmt.Fprintln(out, "configuration is good")
		return config, false, err
	}
	return config, true, nil
}

func help[T any](name string, out io.Writer) error {
	_, err := fmt.Fprintf(out, `Usage: %s [--help] [--check-config]

Settings come from the environment. A secret may instead be in a file whose path is in NAME_FILE.

`, name)
	if err != nil {
		return err
	}
	return WriteTable(out, Describe[T]())
}

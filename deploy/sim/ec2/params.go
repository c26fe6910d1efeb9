package ec2

import (
	"net/url"
	"strconv"
	"strings"
)

// maxListed bounds the members of one list of a request.
const maxListed = 1000

// params reads the flat parameters of a query request, e.g.
// Filter.1.Value.2=x; prefix makes it a view of one member.
type params struct {
	values url.Values
	prefix string
}

func (p params) get(name string) string { return p.values.Get(p.prefix + name) }

func (p params) has(name string) bool { return p.values.Has(p.prefix + name) }

// list returns the values of name.1, name.2 and so on.
func (p params) list(name string) []string {
	var out []string
	for n := 1; n <= maxListed; n++ {
		key := name + "." + strconv.Itoa(n)
		if !p.has(key) {
			break
		}
		out = append(out, p.get(key))
	}
	return out
}

// each returns views of the structures name.1, name.2 and so on.
func (p params) each(name string) []params {
	highest := 0
	start := p.prefix + name + "."
	for key := range p.values {
		rest, ok := strings.CutPrefix(key, start)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(rest[:max(strings.IndexByte(rest, '.'), 0)])
		if err == nil && n <= maxListed {
			highest = max(highest, n)
		}
	}
	out := make([]params, highest)
	for n := range out {
		out[n] = params{p.values, start + strconv.Itoa(n+1) + "."}
	}
	return out
}

// number returns an integer in from..to, or fallback when the parameter is absent.
func (p params) number(name string, fallback, from, to int) (int, error) {
	if !p.has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(p.get(name))
	if err != nil || n < from || n > to {
		return 0, invalidValue("Value (%s) for parameter %s is invalid: want %d to %d", p.get(name), p.prefix+name, from, to)
	}
	return n, nil
}

func (p params) flag(name string, fallback bool) (bool, error) {
	if !p.has(name) {
		return fallback, nil
	}
	v, err := strconv.ParseBool(p.get(name))
	if err != nil {
		return false, invalidValue("Value (%s) for parameter %s is not a boolean", p.get(name), p.prefix+name)
	}
	return v, nil
}

// unknown returns a parameter whose first part is not among the names, "" when
// there is none.
func (p params) unknown(names []string) string {
	known := map[string]bool{"Action": true, "Version": true, "DryRun": true}
	for _, n := range names {
		known[n] = true
	}
	for key := range p.values {
		first, _, _ := strings.Cut(key, ".")
		if !known[first] {
			return key
		}
	}
	return ""
}

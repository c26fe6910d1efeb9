package schema

import (
	"fmt"
	"slices"
)

// maxProblems bounds the list of one check; a client needs the first ones only.
const maxProblems = 20

// Problem is one violation. Location is the path to the value: object keys
// (string) and list positions (int).
type Problem struct {
	Location []any  `json:"location"`
	Type     string `json:"type"`
	Message  string `json:"message"`
}

// Rule checks a value as encoding/json or yaml.v3 decode it into an `any`.
type Rule interface {
	check(c *checker, v any)
}

// RuleFunc is a Rule made of a function that returns the kind and the text of
// the violation, or two empty strings.
type RuleFunc func(v any) (kind, message string)

func (f RuleFunc) check(c *checker, v any) {
	if kind, message := f(v); kind != "" {
		c.report(kind, message)
	}
}

// Check returns the violations of a value, at most 20, none when it is valid.
func Check(rule Rule, v any) []Problem {
	c := &checker{}
	rule.check(c, v)
	return c.problems
}

type checker struct {
	at       []any
	problems []Problem
}

func (c *checker) report(kind, message string) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{Location: append([]any{}, c.at...), Type: kind, Message: message})
	}
}

func (c *checker) inside(step any, rule Rule, v any) {
	c.at = append(c.at, step)
	rule.check(c, v)
	c.at = c.at[:len(c.at)-1]
}

// Object is a closed object: only Fields may occur, Required must.
type Object struct {
	Fields   map[string]Rule
	Required []string
	// Open lets further keys pass unchecked.
	Open bool
}

func (o Object) check(c *checker, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.report("model_type", "Input should be an object")
		return
	}
	for _, key := range o.Required {
		if _, ok := m[key]; !ok {
			c.inside(key, missing, nil)
		}
	}
	for _, key := range sortedKeys(m) {
		rule, known := o.Fields[key]
		switch {
		case known:
			c.inside(key, rule, m[key])
		case !o.Open:
			c.inside(key, extra, nil)
		}
	}
}

var (
	missing = RuleFunc(func(any) (string, string) { return "missing", "Field required" })
	extra   = RuleFunc(func(any) (string, string) { return "extra_forbidden", "Extra inputs are not permitted" })
)

// List is a list of values of one kind with Min to Max entries (Max 0: any number).
type List struct {
	Of       Rule
	Min, Max int
}

func (l List) check(c *checker, v any) {
	items, ok := v.([]any)
	if !ok {
		c.report("list_type", "Input should be a valid list")
		return
	}
	if len(items) < l.Min || (l.Max > 0 && len(items) > l.Max) {
		c.report("list_length", fmt.Sprintf("List should have %d to %d items", l.Min, l.Max))
	}
	for i, item := range items {
		c.inside(i, l.Of, item)
	}
}

// Tagged is an object whose string field Key names the schema it follows.
type Tagged struct {
	Key string
	By  map[string]Rule
}

func (t Tagged) check(c *checker, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.report("model_type", "Input should be an object")
		return
	}
	name, _ := m[t.Key].(string)
	rule, known := t.By[name]
	if !known {
		c.inside(t.Key, RuleFunc(func(any) (string, string) {
			return "union_tag_invalid", "Input does not name one of the known kinds"
		}), nil)
		return
	}
	rule.check(c, v)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

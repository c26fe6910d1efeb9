package schema_test

import (
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
)

func TestCheckReportsWhereAndWhy(t *testing.T) {
	rule := schema.Object{
		Fields: map[string]schema.Rule{
			"name":  schema.Text(1, 4),
			"size":  schema.Null(schema.Whole(0, 10)),
			"ratio": schema.Number(0, 1),
			"kind":  schema.OneOf("a", "b"),
			"on":    schema.Flag(),
			"code":  schema.Match(regexp.MustCompile(`^x+$`)),
			"list":  schema.List{Of: schema.Whole(0, 1), Max: 2},
		},
		Required: []string{"name"},
	}
	cases := map[string]struct {
		in       any
		kind     string
		location []any
	}{
		"not an object":   {[]any{}, "model_type", []any{}},
		"missing key":     {map[string]any{}, "missing", []any{"name"}},
		"unknown key":     {map[string]any{"name": "n", "zip": 1}, "extra_forbidden", []any{"zip"}},
		"too short":       {map[string]any{"name": ""}, "string_too_short", []any{"name"}},
		"too long":        {map[string]any{"name": "ääääx"}, "string_too_long", []any{"name"}},
		"not a string":    {map[string]any{"name": 4}, "string_type", []any{"name"}},
		"fraction":        {map[string]any{"name": "n", "size": 1.5}, "int_type", []any{"size"}},
		"too big":         {map[string]any{"name": "n", "size": 11}, "less_than_equal", []any{"size"}},
		"too small":       {map[string]any{"name": "n", "size": -1}, "greater_than_equal", []any{"size"}},
		"not a number":    {map[string]any{"name": "n", "ratio": math.NaN()}, "float_type", []any{"ratio"}},
		"not in enum":     {map[string]any{"name": "n", "kind": "c"}, "enum", []any{"kind"}},
		"not a flag":      {map[string]any{"name": "n", "on": "yes"}, "bool_type", []any{"on"}},
		"pattern":         {map[string]any{"name": "n", "code": "y"}, "string_pattern_mismatch", []any{"code"}},
		"inside a list":   {map[string]any{"name": "n", "list": []any{0, 7}}, "less_than_equal", []any{"list", 1}},
		"list too long":   {map[string]any{"name": "n", "list": []any{0, 0, 0}}, "list_length", []any{"list"}},
		"list not a list": {map[string]any{"name": "n", "list": "x"}, "list_type", []any{"list"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			problems := schema.Check(rule, tc.in)
			require.Len(t, problems, 1)
			require.Equal(t, tc.kind, problems[0].Type)
			require.Equal(t, tc.location, problems[0].Location)
			require.NotEmpty(t, problems[0].Message)
		})
	}
	require.Empty(t, schema.Check(rule, map[string]any{
		"name": "n", "size": nil, "ratio": 0.5, "kind": "a", "on": true, "code": "xx", "list": []any{1.0, 0},
	}))
}

func TestTaggedFollowsTheNamedSchema(t *testing.T) {
	rule := schema.Tagged{Key: "type", By: map[string]schema.Rule{
		"line": schema.Object{Fields: map[string]schema.Rule{"type": schema.Any(), "x": schema.Whole(0, 9)}},
	}}
	require.Empty(t, schema.Check(rule, map[string]any{"type": "line", "x": 3}))
	require.Equal(t, "extra_forbidden", schema.Check(rule, map[string]any{"type": "line", "y": 3})[0].Type)
	require.Equal(t, "union_tag_invalid", schema.Check(rule, map[string]any{"type": "dot"})[0].Type)
	require.Equal(t, "model_type", schema.Check(rule, "line")[0].Type)
}

func TestEitherAcceptsAnyForm(t *testing.T) {
	rule := schema.Either(schema.Text(0, 9), schema.List{Of: schema.Flag()})
	require.Empty(t, schema.Check(rule, "text"))
	require.Empty(t, schema.Check(rule, []any{true}))
	require.Equal(t, "union", schema.Check(rule, 3)[0].Type)
}

func TestCheckBoundsTheList(t *testing.T) {
	many := make([]any, 1000)
	require.Len(t, schema.Check(schema.List{Of: schema.Flag()}, many), 20)
}

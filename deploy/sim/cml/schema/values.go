package schema

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is a string of min to max characters.
func Text(minimum, maximum int) Rule {
	return RuleFunc(func(v any) (string, string) {
		s, ok := v.(string)
		if !ok {
			return "string_type", "Input should be a valid string"
		}
		n := utf8.RuneCountInString(s)
		if n < minimum {
			return "string_too_short", fmt.Sprintf("String should have at least %d characters", minimum)
		}
		if n > maximum {
			return "string_too_long", fmt.Sprintf("String should have at most %d characters", maximum)
		}
		return "", ""
	})
}

// Match is a string that the whole pattern matches.
func Match(pattern *regexp.Regexp) Rule {
	return RuleFunc(func(v any) (string, string) {
		s, ok := v.(string)
		if !ok {
			return "string_type", "Input should be a valid string"
		}
		if !pattern.MatchString(s) {
			return "string_pattern_mismatch", fmt.Sprintf("String should match pattern '%s'", pattern)
		}
		return "", ""
	})
}

// OneOf is one of a few strings.
func OneOf(words ...string) Rule {
	return RuleFunc(func(v any) (string, string) {
		if s, ok := v.(string); ok && slices.Contains(words, s) {
			return "", ""
		}
		return "enum", "Input should be one of '" + strings.Join(words, "', '") + "'"
	})
}

// Whole is a whole number in minimum..maximum. A decimal without a fraction counts.
func Whole(minimum, maximum int) Rule {
	return RuleFunc(func(v any) (string, string) {
		n, ok := number(v)
		if !ok || n != math.Trunc(n) {
			return "int_type", "Input should be a valid integer"
		}
		return inRange(n, float64(minimum), float64(maximum))
	})
}

// Number is a number in minimum..maximum.
func Number(minimum, maximum float64) Rule {
	return RuleFunc(func(v any) (string, string) {
		n, ok := number(v)
		if !ok {
			return "float_type", "Input should be a valid number"
		}
		return inRange(n, minimum, maximum)
	})
}

// Flag is true or false.
func Flag() Rule {
	return RuleFunc(func(v any) (string, string) {
		if _, ok := v.(bool); !ok {
			return "bool_type", "Input should be a valid boolean"
		}
		return "", ""
	})
}

// Map is an object with any content.
func Map() Rule { return Object{Open: true} }

// Any lets every value pass.
func Any() Rule { return RuleFunc(func(any) (string, string) { return "", "" }) }

// Null lets null pass besides what the rule accepts.
func Null(rule Rule) Rule { return optional{rule} }

type optional struct{ rule Rule }

func (o optional) check(c *checker, v any) {
	if v != nil {
		o.rule.check(c, v)
	}
}

// Either accepts a value that one of the rules accepts.
func Either(rules ...Rule) Rule {
	return RuleFunc(func(v any) (string, string) {
		for _, rule := range rules {
			if len(Check(rule, v)) == 0 {
				return "", ""
			}
		}
		return "union", "Input has none of the permitted forms"
	})
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return 0, false
}

func inRange(n, minimum, maximum float64) (string, string) {
	if n < minimum {
		return "greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %v", minimum)
	}
	if n > maximum {
		return "less_than_equal", fmt.Sprintf("Input should be less than or equal to %v", maximum)
	}
	return "", ""
}

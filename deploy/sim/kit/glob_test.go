package kit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGlob(t *testing.T) {
	cases := []struct {
		pattern, text string
		want          bool
		reason        string
	}{
		{"abc", "abc", true, "no star is equality"},
		{"abc", "abcd", false, "no star is equality"},
		{"*", "", true, "any run may be empty"},
		{"cisco-cml2.9*", "cisco-cml2.9.1-lablet-v0.1.7", true, "prefix"},
		{"*lablet*", "cisco-cml2.9.1-lablet-v0.1.7", true, "inside"},
		{"/api/*/labs/*", "/api/v0/labs/1/state", true, "slashes are characters"},
		{"a*a", "a", false, "prefix and suffix must not overlap"},
		{"a*b*a", "ab-ba", true, "middle part"},
		{"a*bb*b", "abb", false, "middle part must not overlap the suffix"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, Glob(c.pattern, c.text), "%s ~ %s: %s", c.pattern, c.text, c.reason)
	}
}

package labs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTagPort(t *testing.T) {
	cases := []struct {
		tag    string
		port   int
		reason string
	}{
		{"serial:5041", 5041, "console"},
		{"serial:5041:1", 5041, "console with a line"},
		{"vnc:5042", 5042, "graphical console"},
		{"http:8080", 8080, "another protocol"},
		{"pat:5112:22", 5112, "outer port of a forward"},
		{"pat:tcp:5112:22", 5112, "the same with a protocol"},
		{"pat:udp:53:53", 53, "the same with a protocol"},
		{"core", 0, "an ordinary tag"},
		{"serial:", 0, "no number"},
		{"serial:x", 0, "no number"},
		{"vnc:1:2", 0, "only serial has lines"},
		{":5041", 0, "no protocol"},
		{"9p:5041", 0, "a protocol begins with a letter"},
	}
	for _, tc := range cases {
		port, ok := tagPort(tc.tag)
		require.Equal(t, tc.port != 0, ok, "%s: %s", tc.tag, tc.reason)
		if ok {
			require.Equal(t, tc.port, port, "%s: %s", tc.tag, tc.reason)
		}
	}
}

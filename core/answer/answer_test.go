package answer_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/answer"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		reason string
		from   io.Reader
		want   string
		err    error
	}{
		{"all of it", strings.NewReader("four"), "four", nil},
		{"nothing", strings.NewReader(""), "", nil},
		{"one byte too many", strings.NewReader("fives"), "", answer.ErrTooLarge},
		{"broken off", iotest.ErrReader(io.ErrUnexpectedEOF), "", io.ErrUnexpectedEOF},
	} {
		got, err := answer.Read(t.Context(), c.from, 4)
		require.ErrorIs(t, err, c.err, c.reason)
		require.Equal(t, c.want, string(got), c.reason)
	}
}

// ending ends well, but only after the request was given up.
type ending struct{ giveUp context.CancelFunc }

func (e ending) Read([]byte) (int, error) {
	e.giveUp()
	return 0, io.EOF
}

func TestWhatTheDeadlineCutOffIsNotWhole(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := answer.Read(ctx, ending{cancel}, 4)
	require.ErrorIs(t, err, context.Canceled)
}

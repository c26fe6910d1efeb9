package failure

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKindAndCodeSurviveWrapping(t *testing.T) {
	err := fmt.Errorf("book: %w", New(Conflict, "slot_taken", "worker %s is full", "w1"))
	require.Equal(t, Conflict, KindOf(err))
	require.Equal(t, "slot_taken", CodeOf(err))
	require.True(t, Is(err, Conflict))
	require.False(t, Is(err, Invalid))
	found, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, "worker w1 is full", found.Message)
}

func TestUnknownErrorsAreInternal(t *testing.T) {
	require.Equal(t, Internal, KindOf(io.EOF))
	require.Equal(t, "internal", CodeOf(io.EOF))
	require.False(t, Is(nil, Internal), "no error is no failure")
	require.False(t, Retryable(nil))
}

func TestCauseIsForLogsOnly(t *testing.T) {
	err := Wrap(io.ErrUnexpectedEOF, Unavailable, "cml_unavailable", "CML is away")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "cml_unavailable: CML is away: unexpected EOF", err.Error())
	require.Equal(t, "CML is away", err.Message, "what is shown holds no inner text")
	require.Equal(t, "x: y", New(Invalid, "x", "y").Error())
}

func TestTheOutermostKindCounts(t *testing.T) {
	inner := New(NotFound, "lab_gone", "no lab")
	require.Equal(t, Unavailable, KindOf(Wrap(inner, Unavailable, "later", "try later")))
}

func TestRetryable(t *testing.T) {
	kinds := map[Kind]bool{
		Malformed: false, Invalid: false, Unauthenticated: false, Forbidden: false, NotFound: false, Conflict: false, StaleTerm: false,
		Precondition: false, TooLarge: false, Reused: false, Throttled: true, Quota: true, Unavailable: true, Internal: false,
	}
	for kind, retryable := range kinds {
		require.Equal(t, retryable, Retryable(New(kind, "c", "m")), kind)
	}
}

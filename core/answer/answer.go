// Package answer reads what an outside system answers, within a limit and a deadline.
package answer

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrTooLarge says that an answer has more bytes than its reader takes.
var ErrTooLarge = errors.New("the answer is too large")

// Read reads an answer of at most limit bytes. It fails with ErrTooLarge, with ctx's error, or with what the reader says. ctx is that
// of the request: at its end the connection is closed, and a server that hears of it first may end its answer as if it were whole.
func Read(ctx context.Context, from io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	case int64(len(content)) > limit:
		return nil, ErrTooLarge
	}
	return content, nil
}

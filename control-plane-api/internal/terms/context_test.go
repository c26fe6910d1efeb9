package terms_test

import (
	"context"

	"github.com/stretchr/testify/require"
)

// contextOf takes the context of a test; a property test's steps have none of their own that outlives them.
func contextOf(t require.TestingT) context.Context {
	if c, ok := t.(interface{ Context() context.Context }); ok {
		return c.Context()
	}
	return context.Background()
}

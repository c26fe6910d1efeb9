package seal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const key = "0123456789abcdef0123456789abcdef"

func box(t *testing.T, key string) *Box {
	t.Helper()
	b, err := New(secret.New(key))
	require.NoError(t, err)
	return b
}

func TestWhatIsSealedOpensUnderTheSameKeyOnly(t *testing.T) {
	b := box(t, key)
	for _, plain := range []string{"", "token-of-a-licence"} {
		sealed, err := b.Seal(secret.New(plain))
		require.NoError(t, err)
		if plain != "" {
			require.NotContains(t, string(sealed), plain)
		}
		opened, err := box(t, key).Open(sealed)
		require.NoError(t, err)
		require.Equal(t, plain, opened.Reveal())
		_, err = box(t, "another-"+key).Open(sealed)
		require.Error(t, err, "another key")
	}
}

func TestTwoSealsOfOneSecretDiffer(t *testing.T) {
	b := box(t, key)
	first, err := b.Seal(secret.New("token"))
	require.NoError(t, err)
	second, err := b.Seal(secret.New("token"))
	require.NoError(t, err)
	require.NotEqual(t, first, second, "equal secrets cannot be told by their seals")
}

func TestWhatWasChangedDoesNotOpen(t *testing.T) {
	b := box(t, key)
	sealed, err := b.Seal(secret.New("token"))
	require.NoError(t, err)
	for at := range sealed {
		changed := append([]byte(nil), sealed...)
		changed[at] ^= 1
		_, err := b.Open(changed)
		require.Error(t, err, "byte %d", at)
		require.NotContains(t, err.Error(), "token")
	}
	for length := range sealed {
		_, err := b.Open(sealed[:length])
		require.Error(t, err, "the first %d bytes", length)
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	_, err := New(secret.New(key[1:]))
	require.Error(t, err)
	require.NotContains(t, err.Error(), key[1:], "an error shows no key")
	_, err = New(secret.String{})
	require.Error(t, err)
}

package token

import (
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// FuzzToken is control S1: of all texts only the one that the issuer signed is a token. What is refused says so and repeats
// nothing of it.
func FuzzToken(f *testing.F) {
	i := newIssuer(f)
	key := i.newKey("k1")
	tokens, good := New(i.config(), Deps{}), sign(f, key, i.claims(time.Now()))
	_, err := tokens.Verify(f.Context(), "Bearer "+good)
	require.NoError(f, err)
	none := `{"alg":"none","typ":"JWT"}`
	for _, seed := range []string{
		"Bearer ", "bearer x", "Basic YTpi", "Bearer a.b.c", "Bearer ..", "", "Bearer " + strings.Repeat("a.", 2000),
		"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "Bearer " + none, "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJhIn0.AAAA",
		"Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJhIiwiYXVkIjoibGNtIn0.AAAA",
	} {
		f.Add(seed, 0)
	}
	f.Add("", 1)
	f.Add("", 40)
	f.Fuzz(func(t *testing.T, header string, flip int) {
		if header == "" && flip > 0 { // the good one with one bit turned
			text := []byte(good)
			text[flip%len(text)] ^= 1
			header = "Bearer " + string(text)
			if sameToken(good, string(text)) {
				return
			}
		}
		_, err := tokens.Verify(t.Context(), header)
		require.Error(t, err)
		require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%v", err)
		if token, ok := strings.CutPrefix(header, "Bearer "); ok && len(token) > 20 {
			require.NotContains(t, err.Error(), token)
		}
	})
}

// sameToken reports that two texts are one token: the last character of a part may differ in bits that count for nothing.
func sameToken(a, b string) bool {
	algorithms := []jose.SignatureAlgorithm{jose.RS256}
	one, errOne := jose.ParseSigned(a, algorithms)
	two, errTwo := jose.ParseSigned(b, algorithms)
	if errOne != nil || errTwo != nil {
		return false
	}
	return string(one.Signatures[0].Signature) == string(two.Signatures[0].Signature) &&
		string(one.UnsafePayloadWithoutVerification()) == string(two.UnsafePayloadWithoutVerification())
}

package token

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// TestS1AKnownTokenIsRefusedWhenItsTimeIsOver is control S1: what was found good a moment ago ends like any other.
func TestS1AKnownTokenIsRefusedWhenItsTimeIsOver(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	at := time.Now().Truncate(time.Second)
	tokens := New(i.config(), Deps{Now: func() time.Time { return at }})
	header := "Bearer " + sign(t, key, with(i.claims(at), map[string]any{"exp": at.Add(10 * time.Second).Unix()}))
	first, err := tokens.Verify(t.Context(), header)
	require.NoError(t, err)
	for range 3 {
		again, err := tokens.Verify(t.Context(), header)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
	require.Equal(t, 1, tokens.known.people.Len())

	at = at.Add(10*time.Second + leeway)
	_, err = tokens.Verify(t.Context(), header)
	require.NoError(t, err, "clocks may differ by the leeway")
	at = at.Add(time.Second)
	_, err = tokens.Verify(t.Context(), header)
	require.Equal(t, failure.Unauthenticated, failure.KindOf(err))
}

func TestS1AnotherTokenIsNotTakenForAKnownOne(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	tokens := New(i.config(), Deps{})
	good := sign(t, key, i.claims(time.Now()))
	for range 3 {
		_, err := tokens.Verify(t.Context(), "Bearer "+good)
		require.NoError(t, err)
	}
	for _, at := range []int{len(good) / 2, len(good) - 10} {
		other := []byte(good)
		if other[at] = 'A'; good[at] == 'A' {
			other[at] = 'B'
		}
		_, err := tokens.Verify(t.Context(), "Bearer "+string(other))
		require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "one character is another")
	}
}

func TestKeysThatAreFetchedAnewVoidWhatIsKnown(t *testing.T) {
	i := newIssuer(t)
	old := i.newKey("k1")
	at := time.Now()
	tokens := New(i.config(), Deps{Now: func() time.Time { return at }})
	verify := func(key jose.SigningKey) error {
		_, err := tokens.Verify(t.Context(), "Bearer "+sign(t, key, i.claims(time.Now())))
		return err
	}
	header := "Bearer " + sign(t, old, i.claims(at))
	for range 3 {
		_, err := tokens.Verify(t.Context(), header)
		require.NoError(t, err)
	}
	_, known := tokens.known.find(sumOf(header[len("Bearer "):]), at)
	require.True(t, known)

	require.NoError(t, verify(i.newKey("k2")), "an unknown key id fetches the keys again")
	require.Eventually(t, func() bool {
		at = at.Add(knownFor + time.Second) // what is proved by the old keys while the new ones come is known that long
		_, err := tokens.Verify(t.Context(), header)
		return failure.Is(err, failure.Unauthenticated)
	}, time.Minute, time.Millisecond, "the key was withdrawn, and so is all that it proved")
}

func TestWhatIsKnownIsKnownForAMinuteAndOfSoMany(t *testing.T) {
	k := newKnown()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	token := func(n int) digest { return sumOf(fmt.Sprint(n)) }
	k.add(token(0), Person{Subject: "ann", Expires: at.Add(time.Hour)}, 0, at)
	for after, want := range map[time.Duration]bool{0: true, knownFor: true, knownFor + 1: false, -1: false} {
		_, known := k.find(token(0), at.Add(after))
		require.Equal(t, want, known, after)
	}
	for n := range knownTokens + 10 {
		k.add(token(n), Person{Expires: at.Add(time.Hour)}, 0, at)
	}
	require.Equal(t, knownTokens, k.people.Len())
}

func TestASignatureIsNotCheckedAtEveryCall(t *testing.T) {
	i := newIssuer(t)
	good := "Bearer " + sign(t, i.newKey("k1"), i.claims(time.Now()))
	v := New(i.config(), Deps{})
	for range 2 {
		_, err := v.Verify(t.Context(), good)
		require.NoError(t, err)
	}
	v.keys.verifier = nil // whoever asks for keys now has to fetch them
	_, err := v.Verify(t.Context(), good)
	require.NoError(t, err)
	require.EqualValues(t, 1, i.fetched.Load())
}

// BenchmarkVerify checks one token again and again, as the calls of one person do.
func BenchmarkVerify(b *testing.B) {
	i := newIssuer(b)
	key := i.newKey("k1")
	tokens := New(i.config(), Deps{})
	header := "Bearer " + sign(b, key, i.claims(time.Now()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Verify(b.Context(), header); err != nil {
			b.Fatal(err)
		}
	}
}

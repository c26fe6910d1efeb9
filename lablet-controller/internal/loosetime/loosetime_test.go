package loosetime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimesAsTheyComeAlong(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	cases := []struct {
		text string
		want time.Time
	}{
		{`"2026-01-02T03:04:05Z"`, want},
		{`"2026-01-02T05:04:05+02:00"`, want},
		{`"2026-01-02T03:04:05.000"`, want},
		{`"2026-01-02 03:04:05"`, want},
		{`"2026-01-02"`, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{`""`, time.Time{}},
		{`null`, time.Time{}},
		{`17`, time.Time{}},
		{`"soon"`, time.Time{}},
	}
	for _, c := range cases {
		var got Time
		require.NoError(t, got.UnmarshalJSON([]byte(c.text)))
		require.Equal(t, c.want, got.Time, c.text)
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`"2026-01-02T03:04:05Z"`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got Time
		require.NoError(t, got.UnmarshalJSON(raw))
	})
}

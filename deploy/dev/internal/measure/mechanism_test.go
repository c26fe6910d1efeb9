package measure

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheLoopIsMeasured(t *testing.T) {
	var out bytes.Buffer
	figures, err := mechanism(t.Context(), Options{Keys: 300}, &out)
	require.NoError(t, err)
	ids := map[string]float64{}
	for _, f := range figures {
		ids[f.ID] = f.Value
		require.Contains(t, out.String(), f.Shape)
	}
	require.Len(t, figures, 4)
	require.Positive(t, ids["R1"])
	require.Positive(t, ids["R2"])
	require.Positive(t, ids["R3"])
}

func TestSpread(t *testing.T) {
	f := spread("P10", "shape", []time.Duration{3 * time.Millisecond, time.Millisecond, 2 * time.Millisecond})
	require.Equal(t, Figure{ID: "P10", Shape: "shape", Value: 2, Unit: "ms", Runs: 3, Low: 1, High: 3}, f)
}

package kit

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClockElapsedRunsRateTimesAsFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		c.SetRate(60)
		start := c.Now()
		<-time.After(2 * time.Second) // fake time of the bubble
		require.Equal(t, 2*time.Minute, c.Elapsed(start))
		require.Equal(t, 2*time.Second, c.Now().Sub(start), "shown time does not run faster")
	})
}

func TestClockAdvanceMovesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		start := c.Now()
		c.Advance(time.Hour)
		require.Equal(t, time.Hour, c.Elapsed(start))
		c.Advance(-2 * time.Hour)
		require.Zero(t, c.Elapsed(start), "never negative after a jump back")
	})
}

func TestClockRefusesSenselessRates(t *testing.T) {
	for _, rate := range []float64{-1, math.NaN(), math.Inf(1), MaxRate + 1} {
		c := NewClock()
		c.SetRate(rate)
		require.InDelta(t, 1, c.Rate(), 0)
	}
}

func TestClockElapsedIsCapped(t *testing.T) {
	c := NewClock()
	c.SetRate(MaxRate)
	require.Equal(t, time.Duration(math.MaxInt64), c.Elapsed(c.Now().Add(-100*365*24*time.Hour)))
}

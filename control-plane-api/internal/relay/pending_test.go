package relay

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADocumentIsInLineOnce(t *testing.T) {
	p := newPending(10)
	hot, other := job{"workers", "hot"}, job{"instances", "other"}
	for range 100 {
		p.add(hot)
	}
	p.add(other)
	require.Len(t, p.line, 2)
	require.True(t, p.has(hot))

	j := <-p.line
	require.Equal(t, hot, j)
	p.begin(j)
	for range 100 {
		p.add(hot)
	}
	require.Len(t, p.line, 1, "never by two workers at once")
	require.Equal(t, other, <-p.line, "nobody waits for it")
	p.end(hot)
	require.Equal(t, hot, <-p.line, "what was committed meanwhile is looked at once more")
	p.begin(hot)
	p.end(hot)
	require.Empty(t, p.line)
	require.False(t, p.has(hot))
}

func TestAFullLineLeavesTheRestToTheSweep(t *testing.T) {
	p := newPending(1)
	first, second := job{"things", "a"}, job{"things", "b"}
	p.add(first)
	p.add(second)
	require.True(t, p.has(first))
	require.False(t, p.has(second), "so that the sweep takes it")

	p.begin(<-p.line)
	p.add(first)
	p.add(second)
	p.end(first)
	require.Equal(t, second, <-p.line)
	require.False(t, p.has(first), "the line was full when it came back")
}

func TestASweepIsPutOffWhileTheLineIsLongButNotForEver(t *testing.T) {
	p := newPending(2 * longLine)
	for n := range longLine - 1 {
		p.add(job{"things", strconv.Itoa(n)})
	}
	require.Zero(t, p.putOff(0), "a short line is no reason")
	p.add(job{"things", "one more"})
	times := 0
	for sweeps := 0; sweeps < 2; {
		before := times
		if times = p.putOff(times); times == 0 {
			require.Equal(t, putOff, before, "so often and no more")
			sweeps++
			continue
		}
		require.Equal(t, before+1, times)
	}
}

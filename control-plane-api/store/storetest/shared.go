package storetest

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// testTwoEngines: engines on the same data are one store.
func testTwoEngines(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	engines := []store.Engine{s.open(ctx, t, url), s.open(ctx, t, url)}
	require.NoError(t, engines[0].Insert(ctx, things, small("a")))
	_, err := engines[1].Get(ctx, things, "a")
	require.NoError(t, err, "what one acknowledged, the other reads")
	require.ErrorIs(t, engines[1].Insert(ctx, things, small("a")), store.ErrExists)

	won := load(ctx, t, engines, "a", 6, 15)
	requireOneWinnerEach(ctx, t, engines[1], "a", won, 6*15)

	require.NoError(t, engines[0].Close())
	_, err = increment(ctx, engines[1], "a", "survivor", 3)
	require.NoError(t, err, "the end of one leaves the other alone")
}

// testTwoProcesses: two further processes and this one change the same document under load.
func testTwoProcesses(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	e := s.open(ctx, t, url)
	require.NoError(t, e.Insert(ctx, things, small("a")))
	const each = 60
	first := start(ctx, t, roleIncrement, url, "first", each)
	second := start(ctx, t, roleIncrement, url, "second", each)
	won := load(ctx, t, []store.Engine{e}, "a", 2, each/2)
	for _, p := range []process{first, second} {
		lines, err := p.rest()
		require.NoError(t, err)
		for _, line := range lines {
			version, err := strconv.ParseInt(line, 10, 64)
			require.NoError(t, err)
			won = append(won, version)
		}
	}
	require.Len(t, won, 3*each)
	requireOneWinnerEach(ctx, t, e, "a", won, 3*each)
}

// testKill kills a writing process and looks for everything it had acknowledged, several times over on the same data.
func testKill(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	const rounds, acknowledged = 4, 20
	for round := range rounds {
		p := start(ctx, t, roleAppend, url, fmt.Sprintf("r%d", round), 5000)
		var acks []string
		for len(acks) < acknowledged && p.lines.Scan() {
			acks = append(acks, p.lines.Text())
		}
		require.NoError(t, p.cmd.Process.Kill())
		more, err := p.rest()
		require.Error(t, err, "it was killed before it was done")
		acks = append(acks, more...)
		require.GreaterOrEqual(t, len(acks), acknowledged)

		e, err := s.Open(ctx, url)
		require.NoError(t, err)
		for _, id := range acks {
			d, err := e.Get(ctx, things, id)
			require.NoError(t, err, "round %d", round)
			require.Equal(t, int64(2), d.Version)
			require.True(t, hasWrite(t, d, "second"))
		}
		n, err := e.Count(ctx, things, store.Query{})
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, len(acks))
		require.NoError(t, e.Close())
	}
}

package relay

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
)

func TestOnePutAtATimeTriesWhetherEtcdIsBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	g := newGate(func() time.Time { return now })
	require.True(t, g.enter())
	require.True(t, g.enter(), "while etcd answers all may pass")
	g.leave(errors.New("value refused"))
	require.False(t, g.isClosed(), "an answer that is no is an answer")
	g.leave(errEtcdAway)
	require.True(t, g.isClosed())
	require.False(t, g.enter(), "too early to try")
	now = now.Add(probeEvery)
	require.True(t, g.enter())
	require.False(t, g.enter(), "another one tries already")
	g.leave(nil)
	require.False(t, g.isClosed())
	require.Len(t, g.reopened, 1, "the sweep is told")
}

func TestSettledAggregatesComeDue(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s := &settled{}
	s.add(readmodel.KindWorker, "early", at)
	s.add(readmodel.KindWorker, "late", at.Add(time.Minute))
	require.Empty(t, s.due(at.Add(projection.SettledFor-time.Second)))
	due := s.due(at.Add(projection.SettledFor))
	require.Len(t, due, 1)
	require.Equal(t, "early", due[0].id)
	require.Empty(t, s.due(at.Add(projection.SettledFor)), "each comes due once")
	require.Len(t, s.due(at.Add(time.Hour)), 1)
}

package samples_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/figures"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

type bench struct {
	t       *testing.T
	now     time.Time
	engine  *storetest.FaultyEngine
	kv      *memkv.Store
	samples *samples.Samples
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, now: noon, engine: storetest.Faulty(storetest.New(t, samples.Collection()), nil), kv: memkv.New()}
	b.samples = samples.New(b.engine, b.kv, func() time.Time { return b.now }, nil)
	return b
}

func of[T any](v T) *T { return &v }

// cpu reports what CloudWatch tells of the worker's processors.
func (b *bench) cpu(percent float64) {
	b.t.Helper()
	require.NoError(b.t, b.samples.Report(b.t.Context(), "w1", figures.Report{WorkerSample: readmodel.WorkerSample{
		EC2: &readmodel.EC2Sample{CPUUtilization: &percent, CollectedAt: b.now},
	}}))
}

func (b *bench) kept() figures.Sample {
	b.t.Helper()
	all, err := b.samples.Get(b.t.Context(), "w1", "nobody")
	require.NoError(b.t, err)
	require.Len(b.t, all, 1)
	return all["w1"]
}

// shown gives what etcd has and how often it was put.
func (b *bench) shown() (readmodel.WorkerSample, int64) {
	b.t.Helper()
	item, found, err := b.kv.Get(b.t.Context(), readmodel.SampleKey("w1"))
	require.NoError(b.t, err)
	require.True(b.t, found)
	var s readmodel.WorkerSample
	require.NoError(b.t, json.Unmarshal(item.Value, &s))
	return s, item.ModRevision
}

func TestEachPartIsKeptForItselfAndWhatIsMissingIsNotZero(t *testing.T) {
	b := newBench(t)
	b.cpu(40)
	b.now = noon.Add(time.Minute)
	require.NoError(t, b.samples.Report(t.Context(), "w1", figures.Report{
		WorkerSample: readmodel.WorkerSample{CML: &readmodel.CMLSample{LabsCount: of(3), CollectedAt: b.now}, PollIntervalSeconds: 300, NextRefreshAt: of(b.now.Add(time.Hour))},
		SystemInfo:   json.RawMessage(`{"cpu_count":8}`),
	}))
	s := b.kept()
	require.InDelta(t, 40, *s.EC2.CPUUtilization, 0)
	require.Nil(t, s.EC2.MemoryUtilization)
	require.Equal(t, 3, *s.CML.LabsCount)
	require.Equal(t, 300, s.PollIntervalSeconds)
	require.JSONEq(t, `{"cpu_count":8}`, string(s.SystemInfo))
	require.NoError(t, b.samples.Report(t.Context(), "w1", figures.Report{WorkerSample: readmodel.WorkerSample{
		EC2: &readmodel.EC2Sample{CPUUtilization: of(1.0), CollectedAt: noon.Add(-time.Hour)}, EC2CheckedAt: &noon,
	}}))
	require.InDelta(t, 40, *b.kept().EC2.CPUUtilization, 0, "older figures come too late")
	require.Equal(t, noon, *b.kept().EC2CheckedAt)
}

func TestEtcdIsToldWhatMoved(t *testing.T) {
	b := newBench(t)
	b.cpu(40)
	first, revision := b.shown()
	require.InDelta(t, 40, *first.EC2.CPUUtilization, 0)
	b.now = noon.Add(time.Minute)
	b.cpu(41.9)
	_, again := b.shown()
	require.Equal(t, revision, again, "less than a twentieth")
	b.now = noon.Add(2 * time.Minute)
	b.cpu(42)
	moved, again := b.shown()
	require.Greater(t, again, revision, "a twentieth of what was shown, not of what was reported last")
	require.InDelta(t, 42, *moved.EC2.CPUUtilization, 0)
	b.now = noon.Add(7 * time.Minute)
	b.cpu(42)
	_, old := b.shown()
	require.Greater(t, old, again, "what is five minutes old is shown anew")
	item, _, err := b.kv.Get(t.Context(), readmodel.SampleKey("w1"))
	require.NoError(t, err)
	require.Less(t, len(item.Value), 2048)
}

func TestTheStepIsASetting(t *testing.T) {
	b := newBench(t)
	b.samples.Stepping(50)
	b.cpu(40)
	_, revision := b.shown()
	b.cpu(59)
	_, again := b.shown()
	require.Equal(t, revision, again, "less than half")
	b.cpu(60)
	_, again = b.shown()
	require.Greater(t, again, revision)
	b.samples.Stepping(0)
	b.cpu(60)
	_, last := b.shown()
	require.Greater(t, last, again, "without a step every report is put")
}

func TestFromZeroAndFromNothingIsAMove(t *testing.T) {
	b := newBench(t)
	b.cpu(0)
	_, revision := b.shown()
	b.cpu(0.1)
	_, again := b.shown()
	require.Greater(t, again, revision)
	require.NoError(t, b.samples.Report(t.Context(), "w1", figures.Report{WorkerSample: readmodel.WorkerSample{CML: &readmodel.CMLSample{LabsCount: of(0), CollectedAt: b.now}}}))
	_, last := b.shown()
	require.Greater(t, last, again)
}

func TestADeadEtcdKeepsNoFiguresBack(t *testing.T) {
	b := newBench(t)
	b.kv.SetDown(true)
	b.cpu(40)
	b.kv.SetDown(false)
	require.InDelta(t, 40, *b.kept().EC2.CPUUtilization, 0)
	_, found, err := b.kv.Get(t.Context(), readmodel.SampleKey("w1"))
	require.NoError(t, err)
	require.False(t, found)
	b.now = noon.Add(5 * time.Minute)
	b.cpu(40)
	b.shown()
}

func TestADeadStoreIsToldOf(t *testing.T) {
	b := newBench(t)
	b.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}, storetest.Get, storetest.Find))
	err := b.samples.Report(t.Context(), "w1", figures.Report{})
	require.Equal(t, "store_unavailable", failure.CodeOf(err))
	_, err = b.samples.Get(t.Context(), "w1")
	require.Equal(t, failure.Unavailable, failure.KindOf(err))
}

func TestDrop(t *testing.T) {
	b := newBench(t)
	b.cpu(40)
	require.NoError(t, b.samples.Drop(t.Context(), "w1"))
	require.NoError(t, b.samples.Drop(t.Context(), "w1"))
	all, err := b.samples.Get(t.Context(), "w1")
	require.NoError(t, err)
	require.Empty(t, all)
	_, found, err := b.kv.Get(t.Context(), readmodel.SampleKey("w1"))
	require.NoError(t, err)
	require.False(t, found)
	none, err := b.samples.Get(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
}

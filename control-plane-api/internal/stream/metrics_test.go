package stream_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func (b *bench) sample(worker string, cpu float64) {
	b.t.Helper()
	value, err := json.Marshal(readmodel.WorkerSample{WorkerID: worker, EC2: &readmodel.EC2Sample{CPUUtilization: &cpu}, UpdatedAt: time.Now()})
	require.NoError(b.t, err)
	key := readmodel.SampleKey(worker)
	item, _, err := b.kv.Get(b.t.Context(), key)
	require.NoError(b.t, err)
	_, _, err = b.kv.PutIf(b.t.Context(), key, value, item.ModRevision)
	require.NoError(b.t, err)
	synctest.Wait()
}

type figures struct {
	BatchID string `json:"batch_id"`
	Count   int    `json:"count"`
	Events  []struct {
		Type string
		Data struct {
			WorkerID string   `json:"worker_id"`
			CPU      *float64 `json:"cpu_utilization"`
			Memory   *float64 `json:"memory_utilization"`
		}
	}
}

func figuresOf(t *testing.T, f got) figures {
	t.Helper()
	var all figures
	require.NoError(t, json.Unmarshal(f.Data, &all))
	require.Len(t, all.Events, all.Count)
	return all
}

func TestFiguresComeTogether(t *testing.T) {
	inBubble(t, func(b *bench) {
		all, one := b.open(person("ann"), api.StreamEvents{}), b.open(person("ann"), api.StreamEvents{WorkerIDs: "w2", EventTypes: "worker.metrics.updated"})
		other := b.open(person("ann"), api.StreamEvents{EventTypes: "worker.created"})
		b.sample("w1", 10)
		b.sample("w2", 20)
		b.sample("w1", 30)
		require.Empty(t, all.events(), "a second is waited")
		<-time.After(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"worker.metrics.updated.batch"}, all.events())
		whole := figuresOf(t, all.frames()[2])
		require.Equal(t, 2, whole.Count)
		require.InDelta(t, 30, *whole.Events[0].Data.CPU, 0, "the last figures count")
		require.Nil(t, whole.Events[0].Data.Memory, "what is missing is not 0")
		part := figuresOf(t, one.frames()[2])
		require.Equal(t, 1, part.Count)
		require.Equal(t, "w2", part.Events[0].Data.WorkerID)
		require.Empty(t, other.events())

		for i := range 50 {
			b.sample(fmt.Sprint("x", i), 1)
		}
		require.Len(t, all.events(), 2, "fifty are not kept waiting")
	})
}

package process_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// doubleBooked judges a worker's book by counting alone, without the code that decides: it says what is wrong, "" if
// nothing is.
func doubleBooked(w *worker.Worker) string {
	for _, moment := range w.Book.Entries {
		if what := exceeds(w, func(e booking.Entry) bool { return e.Window().Contains(moment.From) }); what != "" {
			return fmt.Sprintf("at %s %s", moment.From.Format(time.TimeOnly), what)
		}
	}
	if what := exceeds(w, func(e booking.Entry) bool { return e.State == booking.Held }); what != "" {
		return "held " + what
	}
	return ""
}

func exceeds(w *worker.Worker, counts func(booking.Entry) bool) string {
	cpu, memory, storage := 0, 0, 0
	ports := map[int]booking.Holder{}
	for _, entry := range w.Book.Entries {
		if !counts(entry) {
			continue
		}
		cpu += entry.Requirements.CPUCores
		memory += entry.Requirements.MemoryGB
		storage += entry.Requirements.StorageGB
		for _, port := range entry.Ports {
			if other, taken := ports[port.Number]; taken {
				return fmt.Sprintf("port %d is %s's and %s's", port.Number, other.InstanceID, entry.Holder.InstanceID)
			}
			ports[port.Number] = entry.Holder
		}
	}
	declared := w.DeclaredCapacity
	if cpu > declared.CPUCores || memory > declared.MemoryGB || storage > declared.StorageGB {
		return fmt.Sprintf("%d vCPU, %d GiB, %d GiB are more than %v", cpu, memory, storage, declared)
	}
	return ""
}

// watchBooks judges every worker that anyone writes, before it is stored.
func watchBooks(report func(string)) storetest.Hook {
	return func(_ context.Context, call storetest.Call) storetest.Fault {
		if call.Op != storetest.Replace || call.Collection != "cml_workers" {
			return storetest.Fault{}
		}
		var w worker.Worker
		if err := json.Unmarshal(call.Document.State, &w); err != nil {
			report(err.Error())
		} else if what := doubleBooked(&w); what != "" {
			report(what)
		}
		return storetest.Fault{}
	}
}

// requireConsistent checks what must hold between instances and books once all sagas are over.
func requireConsistent(w *apptest.World) {
	w.T.Helper()
	ctx := context.Background()
	instances := map[string]*instance.Instance{}
	books := map[string]*worker.Worker{}
	require.NoError(w.T, w.Instances.Walk(ctx, store.Query{}, func(i *instance.Instance, _ repo.Meta) error {
		instances[i.ID] = i
		return nil
	}))
	require.NoError(w.T, w.Workers.Walk(ctx, store.Query{}, func(m *worker.Worker, _ repo.Meta) error {
		books[m.ID] = m
		require.Empty(w.T, doubleBooked(m))
		for _, entry := range m.Book.Entries {
			i := instances[entry.Holder.InstanceID]
			require.NotNil(w.T, i, "an entry of nobody")
			require.True(w.T, i.Needed(entry.Holder.Attempt), "entry %v stands for nothing: the instance is %s in attempt %d", entry.Holder, i.Status, i.Attempt)
		}
		return nil
	}))
	for _, i := range instances {
		if !i.Status.Placed() {
			continue
		}
		require.NotNil(w.T, books[i.WorkerID], "instance %s is %s on no worker", i.ID, i.Status)
		entry, ok := books[i.WorkerID].Book.Find(i.Holder(i.Attempt))
		require.True(w.T, ok, "instance %s is %s without a booking", i.ID, i.Status)
		if i.Status != lifecycle.InstanceScheduled {
			require.Equal(w.T, booking.Held, entry.State, "instance %s is %s", i.ID, i.Status)
			require.Equal(w.T, entry.Ports, i.Ports)
		}
	}
}

func sweep(w *apptest.World) {
	w.T.Helper()
	require.NoError(w.T, w.Processes.Sweep(context.Background(), w.Clock.Now()))
}

package seeds

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
)

// watch checks, as long as the storm goes on, what must hold at every moment.
func (s *storm) watch(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.checkMachines()
			s.checkBooks(ctx)
		}
	}
}

// checkMachines: a worker has at most one machine that is not gone (V2).
func (s *storm) checkMachines() {
	machines, err := s.plane.Machines()
	if err != nil {
		s.t.Errorf("machines: %v", err)
		return
	}
	of := map[string][]string{}
	for _, m := range machines {
		if m.State != "terminated" && m.State != "shutting-down" {
			worker := m.Tags["lcm:worker_id"]
			of[worker] = append(of[worker], m.ID)
		}
	}
	for worker, ids := range of {
		if len(ids) > 1 {
			s.t.Errorf("worker %s has machines %v at once", worker, ids)
		}
	}
}

// checkBooks: what a worker holds is within what it has, and no port is held twice (V1).
func (s *storm) checkBooks(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	workers, err := s.plane.Admin.ListWorkers(ctx, api.ListWorkers{})
	if err != nil {
		return // the API is away, or slow
	}
	for _, w := range workers {
		has, holds := w.DeclaredCapacity, w.AllocatedCapacity
		if holds.CPUCores > has.CPUCores || holds.MemoryGB > has.MemoryGB || holds.StorageGB > has.StorageGB {
			s.t.Errorf("worker %s holds %+v of %+v", w.ID, holds, has)
		}
		taken := map[int]string{}
		for _, held := range w.PortAllocations {
			for name, port := range held.Ports {
				who := held.InstanceID + "/" + name
				if other, twice := taken[port]; twice {
					s.t.Errorf("worker %s: port %d is held by %s and %s", w.ID, port, who, other)
				}
				taken[port] = who
			}
		}
	}
}

// checkRest is what must hold when all is over.
func (s *storm) checkRest() {
	all, err := s.instances()
	require.NoError(s.t, err)
	s.checkHistories(all)
	s.checkOutside()
	s.checkJournal()
	s.checkProjection()
	require.NotContains(s.t, s.log.String(), "panic:", "no reconciler panics")
}

// checkHistories: what was acknowledged is there (V4), every move is legal (V7), and no session was taken away (V10).
func (s *storm) checkHistories(all []api.Instance) {
	there := map[string]bool{}
	table := lifecycle.Instances()
	for _, i := range all {
		there[i.ID] = true
		for n, step := range i.StateHistory {
			if n > 0 {
				from, to := lifecycle.InstanceStatus(i.StateHistory[n-1].ToState), lifecycle.InstanceStatus(step.ToState)
				require.True(s.t, table.Allows(from, to), "%s moved from %s to %s", i.ID, from, to)
			}
			require.NotContains(s.t, step.Reason, "worker_lost", "a worker in use was taken away: %s", demo.Describe(i))
		}
	}
	for _, id := range s.booked {
		require.True(s.t, there[id], "%s was acknowledged and is not there", id)
	}
}

// checkOutside: nothing is left, and nothing is there twice (V2, V3).
func (s *storm) checkOutside() {
	machines, err := s.plane.Machines()
	require.NoError(s.t, err)
	for _, m := range machines {
		require.Contains(s.t, []string{"terminated", "shutting-down"}, m.State, "machine %s of worker %s is left", m.ID, m.Tags["lcm:worker_id"])
	}
	labs, err := s.plane.Labs()
	require.NoError(s.t, err)
	require.Empty(s.t, labs, "labs are left")
	sessions, err := s.plane.Sessions()
	require.NoError(s.t, err)
	for _, session := range sessions {
		require.False(s.t, session.Open(), "session %s of %s is left %s", session.ID, session.Owner, session.State)
	}
	seats, err := s.plane.Seats()
	require.NoError(s.t, err)
	require.Empty(s.t, seats, "licence seats are left")
}

func eventID(kind, id string, version int64, place int) string {
	return fmt.Sprintf("%s/%s/%d/%d", kind, id, version, place)
}

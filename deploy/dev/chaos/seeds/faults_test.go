package seeds

import (
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
)

// fault draws one fault and what ends it.
func (s *storm) fault(at time.Duration) []event {
	kinds := []func(time.Duration) []event{
		s.crash, s.crash, s.crash, s.pause, s.partition, s.roll, s.etcdDown, s.etcdCut, s.etcdCompact, s.etcdWipe, s.clockJump, s.storeDown,
		s.stopWorker, s.flap,
	}
	return kinds[s.random.IntN(len(kinds))](at)
}

func (s *storm) service() string { return bubble.Services()[s.random.IntN(len(bubble.Services()))] }

func (s *storm) seconds(most float64) time.Duration {
	return time.Duration(s.random.Float64() * most * float64(time.Second))
}

func (s *storm) crash(at time.Duration) []event {
	service, away := s.service(), s.seconds(8)
	return []event{
		{at, "kill " + service, func() { s.plane.Kill(service) }},
		{at + away, "start " + service, func() { s.plane.Launch(service) }},
	}
}

// pause is SIGSTOP and SIGCONT, up to three times the lease.
func (s *storm) pause(at time.Duration) []event { return s.held(at, "pause", 15, s.plane.Pause) }

// partition is the loss of etcd for one process that reaches everything else.
func (s *storm) partition(at time.Duration) []event {
	return s.held(at, "partition", 15, s.plane.Partition)
}

func (s *storm) held(at time.Duration, what string, most float64, hold func(service string) (release func())) []event {
	service, length := s.service(), s.seconds(most)
	release := func() {}
	return []event{
		{at, what + " " + service, func() { release = hold(service) }},
		{at + length, "end of " + what + " " + service, func() { release() }},
	}
}

func (s *storm) roll(at time.Duration) []event {
	service := s.service()
	return []event{{at, "roll " + service, func() { s.plane.Roll(service) }}}
}

// flap lets the leadership change every two seconds.
func (s *storm) flap(at time.Duration) (all []event) {
	service := s.service()
	for n := range 5 {
		all = append(all, event{at + time.Duration(2*n)*time.Second, "flap " + service, func() { s.plane.Roll(service) }})
	}
	return all
}

func (s *storm) etcdDown(at time.Duration) []event {
	return []event{
		{at, "etcd away", func() { s.plane.Etcd.SetDown(true) }},
		{at + s.seconds(60), "etcd back", func() { s.plane.Etcd.SetDown(false) }},
	}
}

func (s *storm) etcdCut(at time.Duration) []event {
	return []event{{at, "etcd watches cut", func() { s.plane.Etcd.CutWatches() }}}
}

func (s *storm) etcdCompact(at time.Duration) []event {
	return []event{{at, "etcd compacted and watches cut", func() {
		s.plane.Etcd.Compact()
		s.plane.Etcd.CutWatches()
	}}}
}

func (s *storm) etcdWipe(at time.Duration) []event {
	cluster, cut := s.random.IntN(2) == 0, s.random.IntN(2) == 0
	return []event{{at, fmt.Sprintf("etcd wiped (new cluster: %t, watches cut: %t)", cluster, cut), func() {
		s.plane.Etcd.Wipe(cluster)
		if cut {
			s.plane.Etcd.CutWatches()
		}
	}}}
}

// clockJump moves the outside's clock: far forward, or a little back.
func (s *storm) clockJump(at time.Duration) []event {
	by := s.seconds(3600)
	if s.random.IntN(2) == 0 {
		by = -s.seconds(20)
	}
	return []event{{at, "the outside's clock jumps " + by.String(), func() { s.plane.Jump(by) }}}
}

func (s *storm) storeDown(at time.Duration) []event {
	return []event{
		{at, "store away", func() { s.plane.StoreDown(true) }},
		{at + s.seconds(15), "store back", func() { s.plane.StoreDown(false) }},
	}
}

// stopWorker is an admin who asks for the end of every worker, without force: one in use must be left alone.
func (s *storm) stopWorker(at time.Duration) []event {
	return []event{{at, "ask for the end of all workers", func() { s.people.Go(func() { _ = s.endWorkers() }) }}}
}

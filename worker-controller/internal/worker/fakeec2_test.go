package worker

import (
	"fmt"
	"path"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

const (
	bootTime = 30 * time.Second
	stopTime = 20 * time.Second
	endTime  = 20 * time.Second
)

// fakeEC2 is an account in one region: machines change by the clock, a client token gives the same machine again.
type fakeEC2 struct {
	fuse     *fuse
	now      func() time.Time
	images   []Image
	machines []*fakeMachine
	orders   []LaunchOrder
	// hidden is how long a new machine is not found.
	hidden time.Duration
	// onEnd is told of machines that end.
	onEnd func(id string)
}

type fakeMachine struct {
	Machine
	token   string
	made    time.Time
	since   time.Time
	started int
}

func (e *fakeEC2) settle() {
	for _, m := range e.machines {
		age := e.now().Sub(m.since)
		switch {
		case m.State == MachinePending && age >= bootTime:
			m.State, m.since = MachineRunning, e.now()
		case m.State == MachineStopping && age >= stopTime:
			m.State, m.since, m.PublicIP = MachineStopped, e.now(), ""
		case m.State == MachineShuttingDown && age >= endTime:
			m.State, m.since, m.PublicIP, m.PrivateIP = MachineTerminated, e.now(), "", ""
		}
	}
}

func (e *fakeEC2) get(id string) *fakeMachine {
	e.settle()
	for _, m := range e.machines {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (e *fakeEC2) shown(m *fakeMachine) bool { return m != nil && e.now().Sub(m.made) >= e.hidden }

func (e *fakeEC2) living() int {
	e.settle()
	n := 0
	for _, m := range e.machines {
		if !m.ending() {
			n++
		}
	}
	return n
}

func (e *fakeEC2) NewestImage(_ ctxt, _, pattern string) (Image, error) {
	return through(e.fuse, "NewestImage", func() (Image, error) {
		for _, i := range e.images {
			if ok, _ := path.Match(pattern, i.Name); ok {
				return i, nil
			}
		}
		return Image{}, failure.New(failure.NotFound, CodeEC2NotFound, "no image %q", pattern)
	})
}

func (e *fakeEC2) Image(_ ctxt, _, id string) (Image, error) {
	return through(e.fuse, "Image", func() (Image, error) { return Image{ID: id, Name: "named"}, nil })
}

func (e *fakeEC2) FindByWorker(_ ctxt, _, workerID string) ([]Machine, error) {
	return through(e.fuse, "FindByWorker", func() ([]Machine, error) {
		var found []Machine
		for _, m := range e.machines {
			if e.settle(); m.WorkerID == workerID && e.shown(m) {
				found = append(found, m.Machine)
			}
		}
		return found, nil
	})
}

func (e *fakeEC2) Describe(_ ctxt, _, id string) (Machine, bool, error) {
	var found bool
	m, err := through(e.fuse, "Describe", func() (Machine, error) {
		m := e.get(id)
		if found = e.shown(m); !found {
			return Machine{}, nil
		}
		return m.Machine, nil
	})
	return m, found && err == nil, err
}

func (e *fakeEC2) List(_ ctxt, _ string) ([]Machine, error) {
	return through(e.fuse, "List", func() ([]Machine, error) {
		e.settle()
		var all []Machine
		for _, m := range e.machines {
			all = append(all, m.Machine)
		}
		return all, nil
	})
}

func (e *fakeEC2) Launch(_ ctxt, o LaunchOrder) (Machine, error) {
	return through(e.fuse, "Launch", func() (Machine, error) {
		e.settle()
		e.orders = append(e.orders, o)
		for _, m := range e.machines {
			if m.token == o.Launch.ClientToken {
				return m.Machine, nil
			}
		}
		return e.add(o).Machine, nil
	})
}

func (e *fakeEC2) add(o LaunchOrder) *fakeMachine {
	n := len(e.machines) + 1
	m := &fakeMachine{token: o.Launch.ClientToken, made: e.now(), since: e.now(), Machine: Machine{
		ID: fmt.Sprintf("i-%d", n), WorkerID: o.WorkerID, Attempt: o.Launch.Attempt, State: MachinePending,
		PublicIP: fmt.Sprintf("198.51.100.%d", n), PrivateIP: fmt.Sprintf("10.0.0.%d", n),
		InstanceType: o.Launch.InstanceType, ImageID: o.Launch.AMIID, LaunchedAt: e.now(),
	}}
	e.machines = append(e.machines, m)
	return m
}

func (e *fakeEC2) Start(_ ctxt, _, id string) error {
	return e.fuse.call("Start", func() error {
		m := e.get(id)
		if m.State == MachineStopped {
			m.started++
			m.State, m.since, m.LaunchedAt = MachinePending, e.now(), e.now()
			m.PublicIP = fmt.Sprintf("203.0.113.%d", m.started)
		}
		return nil
	})
}

func (e *fakeEC2) Stop(_ ctxt, _, id string) error {
	return e.fuse.call("Stop", func() error {
		if m := e.get(id); m.State == MachineRunning {
			m.State, m.since = MachineStopping, e.now()
		}
		return nil
	})
}

func (e *fakeEC2) Terminate(_ ctxt, _, id string) error {
	return e.fuse.call("Terminate", func() error {
		if m := e.get(id); m != nil && !m.ending() {
			m.State, m.since = MachineShuttingDown, e.now()
			e.onEnd(id)
		}
		return nil
	})
}

package instance

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/loosetime"
)

// fakeCML is a CML whose labs take some time to start and stop.
type fakeCML struct {
	w       *world
	labs    map[string]*fakeLab
	made    int
	texts   []string
	stuck   bool
	openErr error
	// importErr and startErr refuse; refuses holds nodes that give nothing.
	importErr, startErr error
	refuses             map[string]bool
}

type fakeLab struct {
	lab     cmllabs.Lab
	upAt    time.Time
	downAt  time.Time
	started bool
}

func newFakeCML(w *world) *fakeCML {
	return &fakeCML{w: w, labs: map[string]*fakeLab{}, refuses: map[string]bool{}}
}

func (f *fakeCML) Open(context.Context, readmodel.Worker) (Labs, error) { return f, f.openErr }

func (f *fakeCML) Address(worker readmodel.Worker) string { return worker.PublicIP }

var errNoLab = failure.New(failure.NotFound, "cml_not_found", "no such lab")

// with applies an effect to a lab as it is by now.
func (f *fakeCML) with(call, id string, effect func(*fakeLab) error) error {
	return f.w.call("cml "+call, func() error {
		lab, ok := f.labs[id]
		if !ok {
			return errNoLab
		}
		f.settle(lab)
		return effect(lab)
	})
}

func (f *fakeCML) settle(l *fakeLab) {
	if !l.downAt.IsZero() && !f.w.now.Before(l.downAt) {
		l.lab.State, l.downAt, l.started = cmllabs.Stopped, time.Time{}, false
	}
}

func (f *fakeCML) Find(_ context.Context, title string) (found []cmllabs.Lab, err error) {
	err = f.w.call("cml find", func() error {
		for n := 1; n <= f.made; n++ {
			if lab, ok := f.labs[fmt.Sprintf("lab-%d", n)]; ok && lab.lab.Title == title {
				f.settle(lab)
				found = append(found, lab.lab)
			}
		}
		return nil
	})
	return found, err
}

func (f *fakeCML) Get(_ context.Context, id string) (lab cmllabs.Lab, err error) {
	err = f.with("get", id, func(l *fakeLab) error { lab = l.lab; return nil })
	return lab, err
}

func (f *fakeCML) Import(_ context.Context, title string, text []byte) (id string, err error) {
	err = f.w.call("cml import", func() error {
		if f.importErr != nil {
			return f.importErr
		}
		id = f.add(title)
		f.texts = append(f.texts, string(text))
		return nil
	})
	return id, err
}

func (f *fakeCML) add(title string) string {
	f.made++
	id := fmt.Sprintf("lab-%d", f.made)
	f.labs[id] = &fakeLab{lab: cmllabs.Lab{ID: id, Title: title, State: cmllabs.Defined, Created: loosetime.Time{Time: f.w.now}}}
	return id
}

func (f *fakeCML) Start(_ context.Context, id string) error {
	return f.with("start", id, func(l *fakeLab) error {
		if f.startErr != nil {
			return f.startErr
		}
		l.lab.State, l.started, l.upAt = cmllabs.Started, true, f.w.now.Add(3*time.Second)
		return nil
	})
}

func (f *fakeCML) Converged(_ context.Context, id string) (up bool, err error) {
	err = f.with("converged", id, func(l *fakeLab) error {
		up = l.started && !f.stuck && !f.w.now.Before(l.upAt)
		return nil
	})
	return up, err
}

func (f *fakeCML) Stop(_ context.Context, id string) error {
	return f.with("stop", id, func(l *fakeLab) error {
		if l.downAt.IsZero() {
			l.downAt = f.w.now.Add(1500 * time.Millisecond)
		}
		return nil
	})
}

func (f *fakeCML) Wipe(_ context.Context, id string) error {
	return f.with("wipe", id, func(l *fakeLab) error {
		if l.lab.State == cmllabs.Started {
			return failure.New(failure.Invalid, "cml_invalid", "not stopped")
		}
		l.lab.State = cmllabs.Defined
		return nil
	})
}

func (f *fakeCML) Delete(_ context.Context, id string) error {
	err := f.with("delete", id, func(l *fakeLab) error {
		if l.lab.State != cmllabs.Defined {
			return failure.New(failure.Invalid, "cml_invalid", "not wiped")
		}
		delete(f.labs, id)
		return nil
	})
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

func (f *fakeCML) Nodes(_ context.Context, id string) (nodes []cmllabs.Node, err error) {
	err = f.with("nodes", id, func(*fakeLab) error {
		nodes = []cmllabs.Node{
			{ID: "u0", Label: "r1", State: "BOOTED", Configuration: "hostname r1"},
			{ID: "u1", Label: "pc 1", State: "BOOTED", Configuration: "hostname pc"},
		}
		return nil
	})
	return nodes, err
}

var errNoExtract = failure.New(failure.Invalid, "cml_invalid", "does not support extraction")

func (f *fakeCML) Extract(_ context.Context, id, node string) error {
	return f.with("extract", id, func(*fakeLab) error {
		if f.refuses[node] {
			return errNoExtract
		}
		return nil
	})
}

func (f *fakeCML) ConsoleLog(_ context.Context, id, node string) (log string, err error) {
	err = f.with("console", id, func(*fakeLab) error {
		if f.refuses[node] {
			return errNoExtract
		}
		log = "boot of " + node
		return nil
	})
	return log, err
}

func (f *fakeCML) Download(_ context.Context, id string) (text []byte, err error) {
	err = f.with("download", id, func(*fakeLab) error { text = []byte(labText); return nil })
	return text, err
}

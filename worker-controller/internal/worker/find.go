package worker

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// unseenFor is how long EC2 may not show a machine that it has launched: before that, not found is not gone.
const unseenFor = 5 * time.Minute

// sighting is what EC2 shows of a worker's machine.
type sighting struct {
	machine Machine
	// seen means that EC2 knows the machine, be it terminated.
	seen bool
	// gone means that no machine runs and none will appear: it is terminated, or EC2 has not known it for so long that a
	// launch would show. When neither seen nor gone, nothing can be said yet.
	gone bool
	// strays are other machines that are alive and tagged with the worker's id.
	strays []Machine
}

// find looks the worker's machine up: by its id, else by the tag that the launch gave it.
func (r *Reconciler) find(ctx context.Context, w readmodel.Worker) (sighting, error) {
	if w.EC2InstanceID != "" {
		m, found, err := r.ec2.Describe(ctx, w.AWSRegion, w.EC2InstanceID)
		if err != nil {
			return sighting{}, err
		}
		return sighting{machine: m, seen: found, gone: m.State == MachineTerminated || (!found && r.longUnseen(w))}, nil
	}
	if len(finalizersOf(w, readmodel.FinalizerEC2)) == 0 {
		return sighting{gone: true}, nil
	}
	all, err := r.ec2.FindByWorker(ctx, w.AWSRegion, w.ID)
	if err != nil {
		return sighting{}, err
	}
	s := pick(all, w.Launch)
	s.gone = s.gone || (!s.seen && r.longUnseen(w))
	return s, nil
}

// pick chooses the machine of the present attempt: the oldest that is alive. All others that are alive are strays.
func pick(all []Machine, launch *readmodel.Launch) sighting {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Machine) int {
		return cmp.Or(cmp.Compare(rank(a, launch), rank(b, launch)), a.LaunchedAt.Compare(b.LaunchedAt), cmp.Compare(a.ID, b.ID))
	})
	if len(all) == 0 || (launch != nil && all[0].Attempt != 0 && all[0].Attempt != launch.Attempt) {
		return sighting{strays: alive(all)}
	}
	return sighting{machine: all[0], seen: true, gone: all[0].State == MachineTerminated, strays: alive(all[1:])}
}

// rank puts machines of the present attempt first, those that are alive before the others.
func rank(m Machine, launch *readmodel.Launch) int {
	switch present := launch == nil || m.Attempt == 0 || m.Attempt == launch.Attempt; {
	case present && !m.ending():
		return 0
	case present:
		return 1
	default:
		return 2
	}
}

func alive(all []Machine) []Machine {
	return slices.DeleteFunc(slices.Clone(all), Machine.ending)
}

// longUnseen reports that a launch would show by now. The condition of the launch is stored before each call of EC2 that
// launches, so its time bounds that of the last call, also of one that a dead process made.
func (r *Reconciler) longUnseen(w readmodel.Worker) bool {
	last := w.StatusSince
	if w.Launch != nil {
		last = w.Launch.At
	}
	if c, ok := readmodel.FindCondition(w.Conditions, ConditionProvisioned); ok && c.Since.After(last) {
		last = c.Since
	}
	return r.now().Sub(last) > unseenFor
}

// endStrays ends machines that are tagged with the worker's id and are not its own: of several the oldest counts.
func (r *Reconciler) endStrays(ctx context.Context, w readmodel.Worker, strays []Machine) (reconcile.Result, error) {
	for _, m := range strays {
		r.log.WarnContext(ctx, "a second machine of a worker is ended", "worker", w.ID, "machine", m.ID, "attempt", m.Attempt)
		if err := r.ec2.Terminate(ctx, w.AWSRegion, m.ID); err != nil {
			return r.blocked(ctx, w, ConditionEC2, err)
		}
	}
	return after(r.config.EC2Poll), nil
}

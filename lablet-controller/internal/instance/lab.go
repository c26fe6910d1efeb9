package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

// labs opens the CML of the present attempt's worker.
func (w *work) labs(ctx context.Context) (Labs, error) {
	if !w.hasWorker {
		return nil, failure.New(failure.Unavailable, "worker_unknown", "The worker is not known here yet.")
	}
	return w.labsOf(ctx, w.worker)
}

func (w *work) labsOf(ctx context.Context, worker readmodel.Worker) (Labs, error) {
	if worker.Status != lifecycle.WorkerRunning && worker.Status != lifecycle.WorkerDraining {
		return nil, failure.New(failure.Unavailable, "worker_not_running", "The worker is %s, so its labs cannot be reached.", worker.Status)
	}
	return w.CML.Open(ctx, worker)
}

// findLab looks for the lab of an attempt: by its ref, else by its title, which is what a lab is called whose ref was not
// stored. Of several the oldest is kept and the rest removed.
func (w *work) findLab(ctx context.Context, labs Labs, f readmodel.Finalizer) (lab cmllabs.Lab, found bool, err error) {
	if f.Ref != "" {
		lab, err := labs.Get(ctx, f.Ref)
		if err == nil {
			return lab, true, nil
		}
		if !failure.Is(err, failure.NotFound) {
			return lab, false, err
		}
	}
	all, err := labs.Find(ctx, name(w.instance.ID, f.Attempt))
	if err != nil || len(all) == 0 {
		return cmllabs.Lab{}, false, err
	}
	for _, twin := range all[1:] {
		if _, err := removeLab(ctx, labs, twin); err != nil {
			return cmllabs.Lab{}, false, err
		}
	}
	return all[0], true, nil
}

// adopt stores which lab is the attempt's, unless that is known.
func (w *work) adopt(ctx context.Context, lab string) error {
	if f, _ := w.finalizer(readmodel.FinalizerLab); f.Ref != lab {
		if err := w.made(ctx, readmodel.FinalizerLab, lab); err != nil {
			return err
		}
	}
	step, ok := readmodel.FindStep(w.instance.Steps, stepImport, w.instance.Attempt)
	if ok && step.Status == readmodel.StepDone && step.Result[resultLab] == lab {
		return nil
	}
	return w.record(ctx, api.RecordStepBody{
		Step: stepImport, Status: string(readmodel.StepDone), Result: map[string]string{resultLab: lab}, CMLLabID: lab,
	})
}

// removeLab takes a lab one step on its way out: stopped, wiped, deleted. gone is true once CML has deleted it. That CML
// refuses a step means that the one before is not over yet.
func removeLab(ctx context.Context, labs LabRun, lab cmllabs.Lab) (gone bool, err error) {
	switch lab.State {
	case cmllabs.Defined:
		if err = labs.Delete(ctx, lab.ID); err == nil {
			return true, nil
		}
	case cmllabs.Stopped:
		err = labs.Wipe(ctx, lab.ID)
	default:
		err = labs.Stop(ctx, lab.ID)
	}
	if failure.Is(err, failure.NotFound) {
		return true, nil
	}
	if failure.Is(err, failure.Invalid) || failure.Is(err, failure.Conflict) {
		return false, nil
	}
	return false, err
}

package instance

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/topology"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

// The steps that are recorded, and what is in their results.
const (
	stepImport     = "lab_import"
	stepStart      = "lab_start"
	stepSession    = "lds_session"
	stepCollection = "collection"
	stepGrading    = "grading"

	resultLab     = "lab_id"
	resultDevices = "devices"
)

// maxTries is how often a step is tried before the attempt is given up.
const maxTries = 3

// theLab gives the attempt's lab, and imports it where there is none. Without a lab, the result or the error says how to
// go on.
func (w *work) theLab(ctx context.Context, labs Labs) (lab cmllabs.Lab, found bool, result reconcile.Result, err error) {
	f, intended := w.finalizer(readmodel.FinalizerLab)
	if intended {
		if lab, found, err = w.findLab(ctx, labs, f); err != nil {
			result, err = w.failed(ctx, conditionLab, err)
			return lab, false, result, err
		}
	}
	if !found {
		if lab, found, result, err = w.importLab(ctx, labs, intended); err != nil || !found {
			return lab, false, result, err
		}
	}
	return lab, true, reconcile.Result{}, w.adopt(ctx, lab.ID)
}

func (w *work) importLab(ctx context.Context, labs Labs, intended bool) (lab cmllabs.Lab, made bool, result reconcile.Result, err error) {
	text, err := w.labFile(ctx)
	if failure.Is(err, failure.Invalid) {
		result, err = w.giveUp(ctx, trouble(conditionLab, err))
		return lab, false, result, err
	}
	if err != nil {
		result, err = w.failed(ctx, conditionLab, err)
		return lab, false, result, err
	}
	fresh, err := w.intend(ctx, readmodel.FinalizerLab)
	if err != nil {
		result, err = settled(err)
		return lab, false, result, err
	}
	if !intended && !fresh {
		// Someone before us has stored the intent, and may have acted on it: look first.
		return lab, false, reconcile.Result{After: lookAgain, Skipped: true}, nil
	}
	id, err := labs.Import(ctx, name(w.instance.ID, w.instance.Attempt), text)
	if failure.Is(err, failure.Invalid) {
		result, err = w.importRefused(ctx, err)
		return lab, false, result, err
	}
	if err != nil {
		result, err = w.failed(ctx, conditionLab, err)
		return lab, false, result, err
	}
	return cmllabs.Lab{ID: id, State: cmllabs.Defined}, true, reconcile.Result{}, nil
}

// importRefused counts a try; CML may still be loading what the lab needs, but not for ever.
func (w *work) importRefused(ctx context.Context, refusal error) (reconcile.Result, error) {
	told := trouble(conditionLab, refusal)
	told.Reason = "import_refused"
	if w.instance.Status == lifecycle.InstanceInstantiating && w.tries(stepImport)+1 >= maxTries {
		return w.giveUp(ctx, told)
	}
	err := w.record(ctx, api.RecordStepBody{Step: stepImport, Status: string(readmodel.StepFailed), Error: told.Message, Condition: told})
	return reconcile.Result{}, errors.Join(refusal, err)
}

// giveUp ends an attempt that cannot succeed.
func (w *work) giveUp(ctx context.Context, why *readmodel.Condition) (reconcile.Result, error) {
	if w.instance.Status != lifecycle.InstanceInstantiating {
		return w.again(refusedAgain), w.tell(ctx, why)
	}
	return w.move(ctx, lifecycle.InstanceStopping, why.Reason, why)
}

// labFile is the lab file of the present attempt, with its own ports and title.
func (w *work) labFile(ctx context.Context) ([]byte, error) {
	text, err := w.topologies.get(ctx, w.definition)
	if err != nil {
		return nil, err
	}
	ports := make(map[string]int, len(w.instance.AllocatedPorts))
	for _, port := range w.instance.AllocatedPorts {
		ports[port.Name] = port.Number
	}
	if text, err = topology.RewritePorts(text, ports); err != nil {
		return nil, err
	}
	return topology.SetTitle(text, name(w.instance.ID, w.instance.Attempt))
}

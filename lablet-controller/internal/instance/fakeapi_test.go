package instance

import (
	"context"
	"maps"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/topology"
)

// fakeAPI keeps the one instance of a world as the API would.
type fakeAPI struct {
	w       *world
	reasons []string
	told    []string
	score   *api.RecordScoreBody
	url     string
	// evidence is the address that was recorded.
	evidence string
	// topologyErr answers for the lab file.
	topologyErr error
	text        string
}

// change applies a command at a generation; 0 is not checked. Slices are replaced, never written to: models are shared.
func (f *fakeAPI) change(call string, generation int64, apply func(i *readmodel.Instance) (raises bool, err error)) (api.Ack, error) {
	var ack api.Ack
	err := f.w.call(call, func() error {
		i := f.w.instance
		if generation != 0 && generation != i.Generation {
			return failure.New(failure.Precondition, "generation_changed", "Look again.")
		}
		i.Finalizers, i.Steps, i.Conditions = slices.Clone(i.Finalizers), slices.Clone(i.Steps), slices.Clone(i.Conditions)
		raises, err := apply(&i)
		if err != nil {
			return err
		}
		i.Version++
		if raises {
			i.Generation++
		}
		if i.Status == lifecycle.InstanceArchived && len(i.Finalizers) == 0 {
			i.Status = lifecycle.InstanceTerminated
		}
		ack = api.Ack{ID: i.ID, Version: i.Version, Generation: i.Generation, Changed: true}
		f.w.instance = i
		return nil
	})
	return ack, err
}

func (f *fakeAPI) to(i *readmodel.Instance, to lifecycle.InstanceStatus, reason string) (bool, error) {
	if i.Status == to {
		return false, nil
	}
	if !lifecycle.Instances().Allows(i.Status, to) {
		return false, failure.New(failure.Conflict, "invalid_transition", "%s to %s", i.Status, to)
	}
	f.reasons = append(f.reasons, string(to)+":"+reason)
	i.Status, i.StatusSince = to, f.w.now
	return true, nil
}

func (f *fakeAPI) StartInstantiation(_ context.Context, req api.StartInstantiation) (api.Ack, error) {
	return f.change("api start", req.Body.Generation, func(i *readmodel.Instance) (bool, error) {
		return f.to(i, lifecycle.InstanceInstantiating, "")
	})
}

func (f *fakeAPI) MarkReady(_ context.Context, req api.MarkReady) (api.Ack, error) {
	return f.change("api ready", req.Body.Generation, func(i *readmodel.Instance) (bool, error) {
		if req.Body.LDSLoginURL == "" && !req.Body.NoLDS {
			return false, failure.New(failure.Conflict, "login_url_missing", "no URL")
		}
		i.CMLLabID, i.LDSSessionID, f.url = req.Body.CMLLabID, req.Body.LDSSessionID, req.Body.LDSLoginURL
		return f.to(i, lifecycle.InstanceReady, "")
	})
}

func (f *fakeAPI) SessionStarted(_ context.Context, req api.SessionStarted) (api.Ack, error) {
	return f.change("api session started", 0, func(i *readmodel.Instance) (bool, error) {
		if req.Body.LDSSessionID != i.LDSSessionID {
			return false, failure.New(failure.NotFound, "instance_not_found", "no such session")
		}
		return f.to(i, lifecycle.InstanceRunning, "session_started")
	})
}

func (f *fakeAPI) Transition(_ context.Context, req api.Transition) (api.Ack, error) {
	return f.change("api move "+req.Body.Status, req.Body.Generation, func(i *readmodel.Instance) (bool, error) {
		if req.Body.Condition != nil {
			setCondition(i, *req.Body.Condition)
		}
		if req.Body.Status == string(lifecycle.InstanceStopping) {
			// An end is told from a user's stop by what is wanted afterwards.
			i.DesiredStatus = lifecycle.InstanceArchived
		}
		return f.to(i, lifecycle.InstanceStatus(req.Body.Status), req.Body.Reason)
	})
}

func (f *fakeAPI) RecordStep(_ context.Context, req api.RecordStep) (api.Ack, error) {
	return f.change("api step "+req.Body.Step, 0, func(i *readmodel.Instance) (bool, error) {
		if req.Body.Attempt != i.Attempt || i.Status == lifecycle.InstanceTerminated {
			return false, failure.New(failure.Conflict, "attempt_over", "over")
		}
		step := readmodel.Step{
			Name: req.Body.Step, Attempt: req.Body.Attempt, Status: readmodel.StepStatus(req.Body.Status), Error: req.Body.Error,
			Result: req.Body.Result, At: f.w.now,
		}
		at := slices.IndexFunc(i.Steps, func(s readmodel.Step) bool { return s.Name == step.Name && s.Attempt == step.Attempt })
		if at < 0 {
			at = len(i.Steps)
			i.Steps = append(i.Steps, readmodel.Step{})
		}
		have := i.Steps[at]
		step.Tries = have.Tries
		if step.Status == readmodel.StepFailed {
			step.Tries++
		} else if have.Status == step.Status && maps.Equal(have.Result, step.Result) {
			step.At = have.At
		}
		i.Steps[at] = step
		if req.Body.Condition != nil {
			setCondition(i, *req.Body.Condition)
		}
		if req.Body.EvidenceURI != "" {
			f.evidence = req.Body.EvidenceURI
		}
		return false, nil
	})
}

func (f *fakeAPI) RecordScore(_ context.Context, req api.RecordScore) (api.Ack, error) {
	return f.change("api score", 0, func(i *readmodel.Instance) (bool, error) {
		if i.Status != lifecycle.InstanceGrading || i.Graded {
			return false, failure.New(failure.Conflict, "invalid_transition", "no score now")
		}
		f.score, i.Graded = &req.Body, true
		return true, nil
	})
}

func (f *fakeAPI) InstanceConditions(_ context.Context, req api.SetConditions) (api.Ack, error) {
	return f.change("api condition", 0, func(i *readmodel.Instance) (bool, error) {
		for _, c := range req.Body.Conditions {
			setCondition(i, c)
			f.told = append(f.told, c.Type+":"+c.Reason)
		}
		return false, nil
	})
}

func (f *fakeAPI) PutInstanceFinalizer(_ context.Context, req api.PutFinalizer) (api.Ack, error) {
	b := req.Body
	changed := false
	ack, err := f.change("api intent "+string(b.Kind), b.Generation, func(i *readmodel.Instance) (bool, error) {
		at := slices.IndexFunc(i.Finalizers, func(x readmodel.Finalizer) bool { return x.Kind == b.Kind && x.Attempt == b.Attempt })
		if at < 0 && (b.Attempt != i.Attempt || i.Status == lifecycle.InstanceTerminated || i.Status == lifecycle.InstancePending) {
			return false, failure.New(failure.Conflict, "attempt_over", "over")
		}
		if at < 0 {
			changed = true
			i.Finalizers = append(i.Finalizers, readmodel.Finalizer{Kind: b.Kind, Attempt: b.Attempt, WorkerID: b.WorkerID, Ref: b.Ref, Since: f.w.now})
			return false, nil
		}
		if b.Ref != "" && i.Finalizers[at].Ref != b.Ref {
			i.Finalizers[at].Ref, changed = b.Ref, true
		}
		return false, nil
	})
	ack.Changed = changed
	return ack, err
}

func (f *fakeAPI) DropInstanceFinalizer(_ context.Context, req api.DropFinalizer) (api.Ack, error) {
	return f.change("api drop "+req.Kind, 0, func(i *readmodel.Instance) (bool, error) {
		i.Finalizers = slices.DeleteFunc(i.Finalizers, func(x readmodel.Finalizer) bool {
			return string(x.Kind) == req.Kind && x.Attempt == req.Attempt
		})
		return false, nil
	})
}

func (f *fakeAPI) DefinitionTopology(context.Context, api.ID) (api.Topology, error) {
	text := f.text
	if text == "" {
		text = labText
	}
	return api.Topology{YAML: text, Hash: topology.Hash([]byte(text))}, f.w.call("api topology", func() error { return f.topologyErr })
}

func (f *fakeAPI) WorkerModel(_ context.Context, req api.ID) (readmodel.Worker, error) {
	return f.w.worker, f.w.call("api worker", func() error {
		if req.ID != f.w.worker.ID {
			return failure.New(failure.NotFound, "worker_not_found", "none")
		}
		return nil
	})
}

func setCondition(i *readmodel.Instance, c readmodel.Condition) {
	i.Conditions = append(slices.DeleteFunc(i.Conditions, func(x readmodel.Condition) bool { return x.Type == c.Type }), c)
}

// Package demo books a lab and watches its life, as a user, an author and an operator would together.
package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// Options say what to book and how to watch.
type Options struct {
	// Topology is a CML lab file; nil books the sample.
	Topology []byte
	// Minutes is the length of the slot; the candidate finishes earlier by itself.
	Minutes float64
	Out     io.Writer
	// OnStatus is told of every new status, before it is printed.
	OnStatus func(lifecycle.InstanceStatus)
}

// life is what a booked lab goes through when all is well.
func life() []lifecycle.InstanceStatus {
	return []lifecycle.InstanceStatus{
		lifecycle.InstancePending, lifecycle.InstanceScheduled, lifecycle.InstanceInstantiating, lifecycle.InstanceReady,
		lifecycle.InstanceRunning, lifecycle.InstanceCollecting, lifecycle.InstanceGrading, lifecycle.InstanceStopping,
		lifecycle.InstanceStopped, lifecycle.InstanceArchived, lifecycle.InstanceTerminated,
	}
}

// Run books a lab on a plane and prints its life. It fails when a step is missing or something is left over.
func Run(ctx context.Context, at plane.Endpoints, o Options) error {
	began := time.Now()
	outside := NewOutside(at)
	people, err := NewPeople(ctx, at, outside)
	if err != nil {
		return err
	}
	lab := o.Topology
	if lab == nil {
		lab = []byte(sampleTopology)
	}
	definition, err := Publish(ctx, people, outside, lab, began)
	if err != nil {
		return err
	}
	r := definition.ResourceRequirements
	o.printf("definition  %s: %d nodes, %d ports, %d vCPU, %d GiB", definition.Name, definition.NodeCount, definition.PortTemplate.PortCount, r.CPUCores, r.MemoryGB)
	instance, err := Book(ctx, people, definition.ID, o.Minutes)
	if err != nil {
		return fmt.Errorf("book: %w", err)
	}
	o.printf("booked      %s", instance.ID)
	final, err := o.watch(ctx, people, instance.ID)
	if err != nil {
		return err
	}
	if err := checkLife(final); err != nil {
		return err
	}
	if err := o.checkLeftOver(ctx, people, outside, final); err != nil {
		return err
	}
	o.printf("done in %s", time.Since(began).Round(100*time.Millisecond))
	return nil
}

// watch prints every step as it shows, until the instance is terminated and nothing of it is left.
func (o Options) watch(ctx context.Context, p People, id string) (api.Instance, error) {
	var seen api.Instance
	told := map[string]bool{}
	err := Until(ctx, func() (bool, error) {
		i, err := p.User.GetInstance(ctx, api.ID{ID: id})
		if err != nil {
			return false, err
		}
		for n := len(seen.StateHistory); n < len(i.StateHistory); n++ {
			o.step(i, i.StateHistory[n])
		}
		for _, c := range i.Conditions {
			if line := c.Type + "/" + c.Reason; c.Status == "False" && !told[line] {
				told[line] = true
				o.printf("  waits: %s (%s) %.160s", c.Type, c.Reason, c.Message)
			}
			if hopeless(c) && i.Status == lifecycle.InstancePending {
				return false, fmt.Errorf("it cannot be placed here: %s", c.Message)
			}
		}
		if i.LDSLoginURL != "" && seen.LDSLoginURL == "" {
			o.printf("  login at %s", hideToken(i.LDSLoginURL))
		}
		if i.GradingScore != nil && seen.GradingScore == nil {
			o.printf("  score %g of %g", i.GradingScore.TotalPointsEarned, i.GradingScore.TotalPointsPossible)
		}
		seen = i
		return i.IsTerminal && len(i.Finalizers) == 0, nil
	})
	if err != nil {
		return seen, fmt.Errorf("instance %s is %s: %w", id, seen.Status, err)
	}
	return seen, nil
}

// hopeless reports a condition that does not pass by waiting.
func hopeless(c readmodel.Condition) bool {
	return c.Status == readmodel.ConditionFalse && (c.Reason == "never_fits" || c.Reason == "no_license")
}

func (o Options) step(i api.Instance, t api.StateTransition) {
	if o.OnStatus != nil {
		o.OnStatus(lifecycle.InstanceStatus(t.ToState))
	}
	detail := ""
	if lifecycle.InstanceStatus(t.ToState) == lifecycle.InstanceScheduled {
		detail = " on worker " + i.WorkerID
	}
	if t.Reason != "" {
		detail += " (" + t.Reason + ")"
	}
	o.printf("%s  %-13s%s", t.TransitionedAt.Format("15:04:05.000"), t.ToState, detail)
}

func (o Options) printf(format string, args ...any) { _, _ = fmt.Fprintf(o.Out, format+"\n", args...) }

// hideToken leaves out what makes a launch URL a credential.
func hideToken(url string) string {
	plain, _, _ := strings.Cut(url, "?")
	return plain + "?…"
}

func checkLife(i api.Instance) error {
	visited := map[string]bool{}
	for _, t := range i.StateHistory {
		visited[t.ToState] = true
	}
	for _, status := range life() {
		if !visited[string(status)] {
			return fmt.Errorf("the instance was never %s", status)
		}
	}
	if i.GradingScore == nil {
		return fmt.Errorf("the instance has no score")
	}
	return nil
}

// checkLeftOver looks for bookings, labs and sessions.
func (o Options) checkLeftOver(ctx context.Context, p People, outside *Outside, i api.Instance) error {
	var booked []string
	err := Until(ctx, func() (bool, error) {
		w, err := p.Admin.GetWorker(ctx, api.ID{ID: i.WorkerID})
		booked = w.InstanceIDs
		return err == nil && w.Bookings == 0, err
	})
	if err != nil {
		return fmt.Errorf("worker %s still has bookings %v: %w", i.WorkerID, booked, err)
	}
	left, err := outside.LeftOver(ctx, i.ID)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("left over: %s", strings.Join(left, ", "))
	}
	o.printf("nothing is left: no booking, no lab, no LDS session")
	return nil
}

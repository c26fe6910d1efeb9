// Package scaling decides which workers to ask for when labs find none. It is plain.
package scaling

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
)

// Want is a worker to ask for. Lab is the first lab that it is for: it names the demand.
type Want struct {
	Template readmodel.Template
	Lab      placement.Lab
	Reason   string
}

// Outlook tells a lab that found no worker what it waits for.
type Outlook struct {
	Lab placement.Lab
	// Code is stable: worker_coming, worker_wanted, too_early, no_license, never_fits.
	Code    string
	Message string
}

// Plan is what to ask for and what to tell.
type Plan struct {
	Wants    []Want
	Outlooks []Outlook
	// NextStart is when the next lab that is too early becomes due; zero when there is none.
	NextStart time.Time
}

// Input is what a plan is made of.
type Input struct {
	// Unplaced are in the order of service.
	Unplaced  []placement.Lab
	Workers   []readmodel.Worker
	Templates []readmodel.Template
	Margin    time.Duration
	// Ahead is how long before its slot capacity is wanted for a lab: boot plus instantiation.
	Ahead time.Duration
}

// Make packs the demand onto workers that are on their way, then onto new ones of the cheapest template that fits.
func Make(in Input, now time.Time) Plan {
	var plan Plan
	fleet := placement.NewFleet(onTheirWay(in.Workers), in.Margin)
	templates := cheapestFirst(in.Templates)
	for _, lab := range in.Unplaced {
		if due := dueAt(lab.Instance, in.Ahead); due.After(now) {
			plan.early(lab, due)
			continue
		}
		if d := fleet.Place(withoutAMI(lab), now); d.Placed() {
			plan.tell(lab, "worker_coming", "A worker is on its way.")
			continue
		}
		template, ok := fitting(templates, lab, now, in.Margin)
		if !ok {
			plan.tell(lab, "never_fits", neverReason(templates, lab))
			continue
		}
		if unlicensed(in.Workers, template) {
			plan.tell(lab, "no_license", fmt.Sprintf("It needs a worker of template %q, and no %s licence is to be had for one.", template.Name, template.LicenseType))
			continue
		}
		plan.want(template, lab)
		fleet.Add(virtual(template, len(plan.Wants)))
		fleet.Place(withoutAMI(lab), now)
	}
	return plan
}

// withoutAMI leaves out what only a running CML can tell; it is checked when the worker is there.
func withoutAMI(lab placement.Lab) placement.Lab {
	lab.Definition.Requirements.AMIRequirements = nil
	return lab
}

func (p *Plan) tell(lab placement.Lab, code, message string) {
	p.Outlooks = append(p.Outlooks, Outlook{Lab: lab, Code: code, Message: message})
}

func (p *Plan) early(lab placement.Lab, due time.Time) {
	p.tell(lab, "too_early", "No worker is free now; one is asked for at "+due.UTC().Format(time.RFC3339)+".")
	if p.NextStart.IsZero() || due.Before(p.NextStart) {
		p.NextStart = due
	}
}

func (p *Plan) want(template readmodel.Template, lab placement.Lab) {
	p.Wants = append(p.Wants, Want{Template: template, Lab: lab, Reason: fmt.Sprintf("no worker takes instance %s", lab.Instance.ID)})
	p.tell(lab, "worker_wanted", fmt.Sprintf("A new worker of template %q has been asked for.", template.Name))
}

// dueAt is when capacity is wanted for a lab.
func dueAt(i readmodel.Instance, ahead time.Duration) time.Time {
	if i.TimeslotStart == nil {
		return i.CreatedAt
	}
	return i.TimeslotStart.Add(-ahead)
}

// onTheirWay are the workers that will be placeable if all goes well, seen as if they were.
func onTheirWay(workers []readmodel.Worker) []readmodel.Worker {
	var coming []readmodel.Worker
	for _, w := range workers {
		if w.Placeable || w.DesiredStatus != lifecycle.WorkerRunning {
			continue
		}
		switch w.Status {
		case lifecycle.WorkerPending, lifecycle.WorkerProvisioning, lifecycle.WorkerStarting, lifecycle.WorkerRunning:
		default:
			continue
		}
		if licensingFailed(w) {
			continue
		}
		w.Placeable = true
		coming = append(coming, w)
	}
	return coming
}

// unlicensed reports a worker of a template that waits for a licence in vain: another one would only wait beside it.
func unlicensed(workers []readmodel.Worker, t readmodel.Template) bool {
	return slices.ContainsFunc(workers, func(w readmodel.Worker) bool {
		return w.TemplateName == t.Name && w.DesiredStatus == lifecycle.WorkerRunning && !lifecycle.Workers().Terminal(w.Status) &&
			w.Status != lifecycle.WorkerFailed && licensingFailed(w)
	})
}

// licensingFailed reports a worker that nobody should wait for, since no seat or no valid token is to be had for it.
func licensingFailed(w readmodel.Worker) bool {
	c, ok := readmodel.FindCondition(w.Conditions, "Licensed")
	return ok && c.Status == readmodel.ConditionFalse && (c.Reason == "no_seat" || c.Reason == "registration_failed")
}

func cheapestFirst(templates []readmodel.Template) []readmodel.Template {
	var usable []readmodel.Template
	for _, t := range templates {
		if t.Enabled && !t.Deleted {
			usable = append(usable, t)
		}
	}
	slices.SortFunc(usable, func(a, b readmodel.Template) int {
		return cmp.Or(cmp.Compare(a.CostPerHourUSD, b.CostPerHourUSD), cmp.Compare(a.Capacity.CPUCores, b.Capacity.CPUCores), cmp.Compare(a.Name, b.Name))
	})
	return usable
}

// fitting is the cheapest template whose empty worker takes the lab.
func fitting(templates []readmodel.Template, lab placement.Lab, now time.Time, margin time.Duration) (readmodel.Template, bool) {
	for _, t := range templates {
		if placement.NewFleet([]readmodel.Worker{virtual(t, 0)}, margin).Place(withoutAMI(lab), now).Placed() {
			return t, true
		}
	}
	return readmodel.Template{}, false
}

// virtual is the worker that a template would give. A template that names no licence type counts as enterprise, the type
// that an unnamed entry of the licence file is taken for.
func virtual(t readmodel.Template, n int) readmodel.Worker {
	if t.LicenseType == "" {
		t.LicenseType = resource.LicenseEnterprise
	}
	return readmodel.Worker{
		ID: fmt.Sprintf("~%s-%d", t.Name, n), Placeable: true, DeclaredCapacity: t.Capacity, PortRange: t.PortRange,
		License: readmodel.License{Status: lifecycle.LicenseRegistered, Type: t.LicenseType},
	}
}

func neverReason(templates []readmodel.Template, lab placement.Lab) string {
	need := lab.Definition.Requirements
	return fmt.Sprintf("No template gives a worker for it: it needs %d vCPU, %d GiB memory, %d GiB storage, %d nodes and a licence of %v; %d templates were looked at.",
		need.CPUCores, need.MemoryGB, need.StorageGB, lab.Definition.NodeCount, lab.Definition.LicenseAffinity, len(templates))
}

package worker

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// defaultDiskGB is the root disk where neither the template nor the image tells a size.
const defaultDiskGB = 100

// pending decides what a worker without a machine needs.
func (r *Reconciler) pending(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	switch w.DesiredStatus {
	case lifecycle.WorkerRunning:
		return r.plan(ctx, w)
	case lifecycle.WorkerTerminated:
		return commanded(r.intend(ctx, w, lifecycle.WorkerTerminated, "ended before a machine was launched"))
	default:
		_, err := r.tell(ctx, w, isNot(ConditionProvisioned, "not_wanted", "No machine is launched while the worker is not wanted running."))
		if err != nil {
			return commanded(err)
		}
		return reconcile.Result{}, nil
	}
}

// plan stores the whole launch before anything is launched.
func (r *Reconciler) plan(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	if wait := r.heldBack(w, ConditionProvisioned); wait > 0 {
		return after(wait), nil
	}
	region, ok := r.regions[w.AWSRegion]
	if !ok {
		return r.blocked(ctx, w, ConditionProvisioned, failure.New(failure.Invalid, "region_not_configured",
			"Region %s has no network in this controller's region file.", w.AWSRegion))
	}
	image, err := r.image(ctx, w)
	if err != nil {
		return r.blocked(ctx, w, ConditionProvisioned, err)
	}
	_, err = r.api.PlanLaunch(ctx, api.PlanLaunch{ID: w.ID, Body: api.PlanLaunchBody{
		Generation: w.Generation, AMIID: image.ID, AMIName: image.Name, InstanceType: w.InstanceType, SubnetID: region.SubnetID,
		SecurityGroupIDs: region.SecurityGroupIDs, KeyName: region.KeyName, DiskGB: diskOf(w, image),
	}})
	if failure.Is(err, failure.Conflict) {
		// The worker is wanted otherwise by now, or its last machine has still to be seen gone: its next model tells.
		return reconcile.Result{After: lookAgain, Skipped: true}, nil
	}
	return commanded(err)
}

// image is the one that the worker names, else the newest one that matches its pattern.
func (r *Reconciler) image(ctx context.Context, w readmodel.Worker) (Image, error) {
	if w.AMINamePattern == "" && w.AMIID == "" {
		return Image{}, failure.New(failure.Invalid, "no_image", "The worker names neither an image nor a pattern of image names.")
	}
	if w.AMINamePattern == "" || (w.AMIID != "" && w.Launch == nil) {
		return r.ec2.Image(ctx, w.AWSRegion, w.AMIID)
	}
	return r.ec2.NewestImage(ctx, w.AWSRegion, w.AMINamePattern)
}

func diskOf(w readmodel.Worker, image Image) int {
	if size := max(w.DeclaredCapacity.StorageGB, image.RootDiskGB); size > 0 {
		return size
	}
	return defaultDiskGB
}

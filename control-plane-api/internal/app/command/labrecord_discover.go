package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// DiscoverLabs records what a look into a worker's CML found. A whole scan orphans the records of labs that it did not find,
// but for those that were seen or made after it began. A lab that cannot be recorded is told among the errors and does not
// keep the others. A repeat finds its effect. Codes: worker_not_found.
func (c *Commands) DiscoverLabs(ctx context.Context, body api.DiscoverLabsBody) (api.DiscoveredLabs, error) {
	ctx = call.Because(call.AtGeneration(unkeyed(ctx), 0), orElse(body.Source, "labs_scan"))
	result := api.DiscoveredLabs{Errors: []api.LabScanError{}}
	w, _, err := c.d.Workers.Get(ctx, body.WorkerID)
	if err != nil {
		return result, err
	}
	at := c.now()
	if body.CollectedAt != nil && body.CollectedAt.Before(at) {
		at = body.CollectedAt.UTC().Truncate(time.Millisecond)
	}
	seen := map[string]bool{}
	for _, lab := range body.Labs {
		seen[lab.LabID] = true
		if err := c.discoverLab(ctx, w, lab, at, &result); err != nil {
			if failure.Is(err, failure.Unavailable) || failure.Is(err, failure.StaleTerm) {
				return result, err
			}
			result.Errors = append(result.Errors, scanError(lab.LabID, err))
		}
	}
	if body.PartialScan {
		return result, nil
	}
	if err := c.orphanUnseen(ctx, body.WorkerID, seen, at, &result); err != nil {
		return result, err
	}
	c.lookedForLabs(ctx, body.WorkerID, at, result)
	return result, nil
}

// discoverLab makes or updates the record of one lab. A lab that is back after it was lost gets a new record: that of the
// lost one is put away.
func (c *Commands) discoverLab(ctx context.Context, w *worker.Worker, lab api.SeenLab, at time.Time, result *api.DiscoveredLabs) error {
	known, _, err := c.d.LabRecords.GetUnique(ctx, labrecord.Key(w.ID, lab.LabID))
	switch {
	case failure.Is(err, failure.NotFound):
		return c.recordLab(ctx, w, lab, result)
	case err != nil:
		return err
	case known.Status == lifecycle.LabOrphaned:
		if at.Before(known.StatusSince) {
			return nil // it was lost after the look
		}
		if _, err := c.reportLab(call.Because(ctx, "seen_again"), known.ID, (*labrecord.LabRecord).Archive); err != nil {
			return err
		}
		return c.recordLab(ctx, w, lab, result)
	}
	ack, err := c.reportLab(ctx, known.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		l.Observe(factsOf(w, lab), at, act)
		return nil
	})
	if err != nil {
		return err
	}
	result.Synced++
	if ack.Changed {
		result.Updated++
	}
	return nil
}

func (c *Commands) recordLab(ctx context.Context, w *worker.Worker, lab api.SeenLab, result *api.DiscoveredLabs) error {
	_, _, err := c.d.LabRecords.CreateOnce(ctx, func(id string) (*labrecord.LabRecord, error) {
		return labrecord.Discover(id, w.ID, lab.LabID, factsOf(w, lab), c.act(ctx)), nil
	})
	if err != nil && failure.CodeOf(err) != "lab_record_exists" {
		return err
	}
	result.Synced++
	if err == nil {
		result.Discovered++
	}
	return nil
}

func (c *Commands) orphanUnseen(ctx context.Context, workerID string, seen map[string]bool, at time.Time, result *api.DiscoveredLabs) error {
	known := store.Query{Equal: map[string][]string{FieldWorker: {workerID}, FieldStatus: LiveLabs()}}
	return c.d.LabRecords.Walk(ctx, known, func(l *labrecord.LabRecord, _ repo.Meta) error {
		if l.LabID == "" || seen[l.LabID] || l.Status == lifecycle.LabOrphaned {
			return nil
		}
		ack, err := c.reportLab(call.Because(ctx, "not_in_cml"), l.ID, func(l *labrecord.LabRecord, act parts.Act) error {
			if !l.LastSyncedAt.After(at) {
				l.Orphan(act)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if ack.Changed {
			result.Orphaned++
		}
		return nil
	})
}

func factsOf(w *worker.Worker, lab api.SeenLab) labrecord.Facts {
	return labrecord.Facts{
		WorkerIP: orElse(w.PublicIP, w.PrivateIP), Title: lab.Title, Description: lab.Description, Notes: lab.Notes, State: lab.State, OwnerUsername: lab.OwnerUsername,
		OwnerFullname: lab.OwnerFullname, NodeCount: lab.NodeCount, LinkCount: lab.LinkCount, Groups: lab.Groups,
		CreatedAt: lab.CreatedAt, ModifiedAt: lab.ModifiedAt,
	}
}

func scanError(labID string, err error) api.LabScanError {
	return api.LabScanError{LabID: labID, Code: failure.CodeOf(err), Message: messageOf(err)}
}

package httpapi_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// withLabs gives an edge real lab records.
func (e *edge) withLabs(d *httpapi.Deps, deps repo.Deps, files *blobs.Blobs) {
	records := repo.New(command.LabRecordKind(), deps)
	d.Labs = httpapi.Labs{
		Queries: query.NewLabs(records, repo.New(command.WorkerKind(), deps), files),
		Reports: query.NewReports(query.ReportDeps{
			Queries: d.Queries, Definitions: repo.New(command.DefinitionKind(), deps), LabRecords: records,
			Templates: repo.New(command.TemplateKind(), deps),
		}),
	}
}

func (e *edge) deps() repo.Deps {
	return repo.Deps{Engine: e.engine, Now: func() time.Time { return noon }}
}

// lab is the record of a lab that was seen on a worker, with a topology.
func (e *edge) lab(n int, state string) *labrecord.LabRecord {
	e.t.Helper()
	w := e.worker("one")
	hash, err := blobs.New(e.engine, func() time.Time { return noon }).Put(e.t.Context(), []byte(labFile))
	require.NoError(e.t, err)
	act := parts.Act{By: "lablet-controller", At: noon}
	l := labrecord.Discover("", w.ID, fmt.Sprint("lab-", n), labrecord.Facts{Title: "one", State: state}, act)
	_, err = l.Revise(labrecord.Topology{Hash: hash, NodeCount: 1}, "seen", act)
	require.NoError(e.t, err)
	_, err = repo.New(command.LabRecordKind(), e.deps()).Create(e.t.Context(), l)
	require.NoError(e.t, err)
	return l
}

// annsAt is an instance of ann's that has come to a status, on a worker.
func (e *edge) annsAt(n int, status lifecycle.InstanceStatus) string {
	e.t.Helper()
	id, worker := e.anns(n).ID, e.worker("one").ID
	act := parts.Act{By: "test", At: noon}
	_, _, err := repo.New(command.InstanceKind(), e.deps()).Update(e.t.Context(), id, func(i *instance.Instance) error {
		for _, step := range []func() error{
			func() error { return i.Schedule(worker, []booking.Port{{Name: "pc", Number: 2000}}, act) },
			func() error { return i.StartInstantiation(i.Ports, act) },
			func() error {
				return i.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLab, Attempt: 1}, act)
			},
			func() error {
				return i.MarkReady(instance.Ready{LDSSessionID: "s", LoginURL: "https://lds/x", CMLLabID: "lab-of-" + id}, act)
			},
			func() error { return i.Run(act) },
			func() error { return i.Collect(act) },
		} {
			if i.Status == status {
				break
			}
			if err := step(); err != nil {
				return err
			}
		}
		if status == lifecycle.InstanceCollecting {
			i.EvidenceURI = "s3://evidence/x"
		}
		return nil
	})
	require.NoError(e.t, err)
	return id
}

// halted is an instance of ann's that its user stopped.
func (e *edge) halted(n int) string {
	e.t.Helper()
	id := e.annsAt(n, lifecycle.InstanceRunning)
	_, _, err := repo.New(command.InstanceKind(), e.deps()).Update(e.t.Context(), id, func(i *instance.Instance) error {
		return i.Suspend(parts.Act{By: "ann", At: noon})
	})
	require.NoError(e.t, err)
	return id
}

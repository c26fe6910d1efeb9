package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// labFileRoutes are the routes whose bodies are lab files.
func (s *server) labFileRoutes() {
	file := media{api.LabFile: reflect.TypeFor[string]()}
	exportRecord := func(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
		return s.sendLabFile(ctx, w, chi.URLParam(r, "id"))
	}
	for _, info := range []api.Info{api.RouteExportLab.Info, api.RouteExportLabByPost.Info} {
		handleRaw(s, parameters(s.operation(info), "id"), info, nil, file, exportRecord)
	}
	download := api.RouteDownloadLab.Info
	handleRaw(s, parameters(s.operation(download), "aws_region", "worker_id", "lab_id"), download, nil, file,
		func(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
			id, err := s.Labs.Queries.Find(ctx, api.LabOfWorker{WorkerOfRegion: workerOf(r), LabID: chi.URLParam(r, "lab_id")})
			if err != nil {
				return err
			}
			return s.sendLabFile(ctx, w, id)
		})
	record := api.RouteImportLabRecord.Info
	handleRaw(s, s.operation(record), record, media{"application/json": reflect.TypeFor[api.ImportLabBody](), formType: reflect.TypeFor[labForm]()},
		media{"application/json": reflect.TypeFor[api.LabActionAccepted]()}, s.importLabRecord)
	older := api.RouteImportLab.Info
	handleRaw(s, parameters(s.operation(older), "aws_region", "worker_id"), older,
		media{"application/json": reflect.TypeFor[api.ImportLabFileBody](), formType: reflect.TypeFor[labFileForm]()},
		media{"application/json": reflect.TypeFor[api.LabControlled]()}, s.importLab)
}

func workerOf(r *http.Request) api.WorkerOfRegion {
	return api.WorkerOfRegion{Region: chi.URLParam(r, "aws_region"), WorkerID: chi.URLParam(r, "worker_id")}
}

func (s *server) sendLabFile(ctx context.Context, w http.ResponseWriter, id string) error {
	topology, err := s.Labs.Queries.Topology(ctx, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", api.LabFile)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "lab-"+topology.LabRecordID+".yaml"))
	w.WriteHeader(http.StatusOK)
	// An answer that has begun and cannot be written has nobody left to tell.
	_, _ = w.Write([]byte(topology.YAML))
	return nil
}

func (s *server) importLabRecord(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	body, err := readImport(w, r, api.RouteImportLabRecord.BodyLimit)
	if err != nil {
		return err
	}
	if body.WorkerID == "" {
		return malformed("worker_id is missing.")
	}
	accepted, err := s.Commands.ImportLab(identified(ctx, api.RouteImportLabRecord.Info, body), body)
	if err != nil {
		return err
	}
	return answerTask(w, accepted.TaskID, accepted)
}

func (s *server) importLab(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	at := workerOf(r)
	if err := s.Labs.Queries.CheckWorker(ctx, at); err != nil {
		return err
	}
	body, err := readImport(w, r, api.RouteImportLab.BodyLimit)
	if err != nil {
		return err
	}
	body.WorkerID = at.WorkerID
	accepted, err := s.Commands.ImportLab(identified(ctx, api.RouteImportLab.Info, body), body)
	shown, err := controlled(ctx, accepted, err)
	if err != nil {
		return err
	}
	return answerTask(w, shown.TaskID, shown)
}

// identified completes a call with what a repeat is recognised by: the content, in whatever form it came.
func identified(ctx context.Context, info api.Info, body api.ImportLabBody) context.Context {
	c := call.From(ctx)
	sum := sha256.Sum256([]byte(body.WorkerID + "\x00" + body.Title + "\x00" + body.TopologyYAML))
	c.Route, c.BodyHash = info.ID, hex.EncodeToString(sum[:])
	return call.With(ctx, c)
}

func answerTask(w http.ResponseWriter, taskID string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return failure.Wrap(err, failure.Internal, "internal", "The answer could not be written.")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "/api/tasks/"+taskID)
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write(text)
	return nil
}

func malformed(message string) error {
	return failure.New(failure.Malformed, "malformed", "%s", message)
}

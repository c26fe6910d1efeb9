package cmlsystem

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// Transport is what a System needs of the transport; a *cml.Client is one.
type Transport interface {
	Do(ctx context.Context, method, path string, query url.Values, body, into any) (status int, err error)
}

// System is a worker.CML.
type System struct{ transport Transport }

// Information implements worker.System; CML answers it without a login.
func (s System) Information(ctx context.Context) (worker.Information, error) {
	var answer struct {
		Version string `json:"version"`
		Ready   bool   `json:"ready"`
	}
	err := s.get(ctx, "/system_information", &answer)
	return worker.Information{Version: answer.Version, Ready: answer.Ready}, err
}

const gibibyte = 1 << 30

type stats struct {
	All struct {
		CPU struct {
			Count int `json:"count"`
		} `json:"cpu"`
		Memory struct {
			Total int64 `json:"total"`
		} `json:"memory"`
		Disk struct {
			Total int64 `json:"total"`
		} `json:"disk"`
	} `json:"all"`
	Computes map[string]struct {
		Stats struct {
			Domains struct {
				RunningNodes   int `json:"running_nodes"`
				RunningOrphans int `json:"running_orphans"`
			} `json:"dominfo"`
		} `json:"stats"`
	} `json:"computes"`
}

// Usage implements worker.System.
func (s System) Usage(ctx context.Context) (worker.Usage, error) {
	var answer stats
	if err := s.get(ctx, "/system_stats", &answer); err != nil {
		return worker.Usage{}, err
	}
	usage := worker.Usage{Capacity: resource.Capacity{
		CPUCores: answer.All.CPU.Count, MemoryGB: int(answer.All.Memory.Total / gibibyte), StorageGB: int(answer.All.Disk.Total / gibibyte),
	}}
	for _, compute := range answer.Computes {
		usage.RunningNodes += compute.Stats.Domains.RunningNodes + compute.Stats.Domains.RunningOrphans
	}
	return usage, nil
}

// NodeDefinitions implements worker.System.
func (s System) NodeDefinitions(ctx context.Context) ([]string, error) {
	return s.ids(ctx, "/node_definitions")
}

// ImageDefinitions implements worker.System.
func (s System) ImageDefinitions(ctx context.Context) ([]string, error) {
	return s.ids(ctx, "/image_definitions")
}

// ids lists the ids of a list of objects, in order and each once.
func (s System) ids(ctx context.Context, path string) ([]string, error) {
	var answer []struct {
		ID string `json:"id"`
	}
	if err := s.get(ctx, path, &answer); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(answer))
	for _, one := range answer {
		if one.ID != "" {
			ids = append(ids, one.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (s System) get(ctx context.Context, path string, into any) error {
	_, err := s.transport.Do(ctx, http.MethodGet, path, nil, nil, into)
	return err
}

package system

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

const (
	mebibyte = int64(1) << 20
	// idleShare is what the controller itself takes of processor, memory and disk.
	idleShare = 0.04
	// busyShare is how much of its allocation a running node really uses.
	busyShare = 0.6
	// nodeDisk is the disk space of one node.
	nodeDisk = 200 * mebibyte
)

type amount struct {
	Used  int64 `json:"used"`
	Free  int64 `json:"free"`
	Total int64 `json:"total"`
}

// share returns idleShare of the total plus extra, not more than the total.
func share(total, extra int64) amount {
	used := min(int64(float64(total)*idleShare)+extra, total)
	return amount{Used: used, Free: total - used, Total: total}
}

func stats(s *System, _ *http.Request) (wire.Reply, error) {
	size, usage := s.env.Settings(), s.labs.Usage()
	allocated := int64(usage.MemoryMiB) * mebibyte
	percent := min(100, 100*(idleShare+busyShare*float64(usage.CPUs)/float64(max(1, size.CPUs))))
	memory := share(size.MemoryBytes, int64(float64(allocated)*busyShare))
	disk := share(size.DiskBytes, int64(usage.Nodes)*nodeDisk)
	compute := map[string]any{
		"cpu": map[string]any{
			"count": size.CPUs, "percent": percent, "model": "Simulated CPU @ 2.50GHz", "predicted": usage.CPUs,
			"load": []float64{percent / 100 * float64(size.CPUs), 0, 0},
		},
		"memory": memory, "disk": disk,
		"dominfo": map[string]any{
			"total_nodes": usage.Nodes, "total_orphans": 0, "running_nodes": usage.Running, "running_orphans": 0,
			"allocated_cpus": usage.CPUs, "allocated_memory": allocated,
		},
	}
	return wire.OK(map[string]any{
		"all": map[string]any{
			"cpu": map[string]any{"count": size.CPUs, "percent": percent}, "memory": memory, "disk": disk,
		},
		"controller": map[string]any{"disk": disk},
		"computes": map[string]any{s.computeID(): map[string]any{
			"hostname": hostname, "is_controller": true, "stats": compute,
		}},
	}), nil
}

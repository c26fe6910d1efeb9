package cml_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInformationNeedsNoToken(t *testing.T) {
	var info map[string]any
	start(t, "", config()).at(address).get("/system_information", &info)
	require.Equal(t, map[string]any{
		"version": "2.9.1+build.3", "ready": true, "allow_ssh_pubkey_auth": false, "oui": nil,
	}, info)
}

func TestStatsFollowTheRunningNodes(t *testing.T) {
	type stats struct {
		All struct {
			Memory struct{ Used, Free, Total float64 }
			CPU    struct{ Percent float64 }
		}
		Computes map[string]struct {
			Stats struct {
				Dominfo struct {
					Total     int `json:"total_nodes"`
					Running   int `json:"running_nodes"`
					CPUs      int `json:"allocated_cpus"`
					Allocated int `json:"allocated_memory"`
				}
			}
		}
	}
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	var idle, busy stats
	c.get("/system_stats", &idle)
	c.put(path + "/start")
	c.get("/system_stats", &busy)
	require.Greater(t, busy.All.Memory.Used, idle.All.Memory.Used)
	require.Greater(t, busy.All.CPU.Percent, idle.All.CPU.Percent)
	require.InDelta(t, busy.All.Memory.Total, busy.All.Memory.Used+busy.All.Memory.Free, 1)
	require.Len(t, busy.Computes, 1)
	for id := range idle.Computes {
		require.Zero(t, idle.Computes[id].Stats.Dominfo.Running)
		require.Equal(t, 2, idle.Computes[id].Stats.Dominfo.Total)
		require.Equal(t, 2, busy.Computes[id].Stats.Dominfo.Running)
		require.Equal(t, 2, busy.Computes[id].Stats.Dominfo.CPUs)
		require.Equal(t, (1024+512)<<20, busy.Computes[id].Stats.Dominfo.Allocated)
	}
}

type telemetry struct {
	Category  string
	Timestamp time.Time
	Data      map[string]any
}

func TestTelemetryTellsWhatWasDone(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	begun := w.kit.Clock.Now().Add(-queueTime - bootTime)

	var events []telemetry
	c.get("/telemetry/events", &events)
	count := map[string]int{}
	for i, e := range events {
		count[e.Category]++
		if i > 0 {
			require.False(t, e.Timestamp.Before(events[i-1].Timestamp), "in order")
		}
		if e.Category == "boot_node" {
			require.WithinDuration(t, begun.Add(queueTime+bootTime), e.Timestamp, time.Second)
		}
	}
	running := map[string]int{"user_activity": 1, "import_lab": 1, "start_lab": 1, "queue_node": 2, "start_node": 2, "boot_node": 2}
	require.Equal(t, running, count)

	c.put(path + "/stop")
	c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
	c.control(http.MethodPost, "/machines/"+address+"/telemetry", map[string]any{
		"category": "user_activity", "data": map[string]string{"user_id": "8f9f1c5e-4a1b-4e0e-9e57-3c1b2a4d5e6f"},
	}, 204)
	c.get("/telemetry/events", &events)
	count = map[string]int{}
	for _, e := range events {
		count[e.Category]++
	}
	require.Equal(t, 2, count["boot_node"], "kept after the stop")
	require.Equal(t, 2, count["stop_node"])
	require.Equal(t, 1, count["stop_lab"])
	require.Equal(t, 1, count["export_lab"])
	require.Equal(t, 2, count["user_activity"])
}

func TestTelemetryIsBounded(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	c.control(http.MethodPut, "/settings", map[string]int{"telemetry_kept": 3}, 200)
	for range 5 {
		c.imported(lab)
	}
	var events []telemetry
	c.get("/telemetry/events", &events)
	require.Len(t, events, 3)
}

func TestMaintenanceModeIsKept(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	c.call(http.MethodPatch, "/system/maintenance_mode", map[string]bool{"maintenance_mode": true}, 200, nil)
	var mode map[string]any
	c.token = ""
	c.get("/system/maintenance_mode", &mode)
	require.Equal(t, true, mode["maintenance_mode"])
	c.refused(http.MethodPatch, "/system/maintenance_mode", map[string]bool{"maintenance_mode": false}, 401)
}

func TestDefinitionsNameWhatNodesTake(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	var nodes []struct {
		ID  string
		Sim struct {
			Linux struct{ RAM, CPUs int } `json:"linux_native"`
		}
	}
	c.get("/node_definitions", &nodes)
	found := map[string]int{}
	for _, n := range nodes {
		found[n.ID] = n.Sim.Linux.RAM
	}
	require.Equal(t, 768, found["iosv"])
	require.Equal(t, 20480, found["iosxrv9000"])
	require.Zero(t, found["external_connector"])
	require.Contains(t, found, "external_connector")

	var images []struct {
		ID   string
		Node string `json:"node_definition_id"`
	}
	c.get("/image_definitions", &images)
	for _, image := range images {
		require.Contains(t, found, image.Node)
	}
	require.Len(t, images, len(nodes)-2, "the nodes inside the host have none")
}

func TestUnknownPathsAnswerInCMLForm(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	c.refused(http.MethodGet, "/nothing", nil, 404)
	c.refused(http.MethodDelete, "/labs", nil, 405)
}

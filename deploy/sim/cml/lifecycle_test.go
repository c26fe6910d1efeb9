package cml_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALabLivesThroughItsStates(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	node := path + "/nodes/" + c.nodes(path)["r1"]

	want := func(labState, nodeState, progress string, converged bool) {
		t.Helper()
		require.Equal(t, labState, c.state(path))
		var n struct{ State, Progress string }
		c.get(node+"/state", &n)
		require.Equal(t, nodeState, n.State)
		require.Equal(t, progress, n.Progress)
		require.Equal(t, converged, c.converged(path))
		require.Equal(t, converged, c.converged(node))
	}
	want("DEFINED_ON_CORE", "DEFINED_ON_CORE", "Not running", true)
	c.put(path + "/start")
	want("STARTED", "QUEUED", "Not running", false)
	w.advance(queueTime)
	want("STARTED", "STARTED", "Booting", false)
	w.advance(bootTime)
	want("STARTED", "BOOTED", "Booted", true)
	c.put(path + "/stop")
	want("STARTED", "BOOTED", "Booted", false)
	w.advance(stopTime)
	want("STOPPED", "STOPPED", "Not running", true)
	c.put(path + "/wipe")
	want("DEFINED_ON_CORE", "DEFINED_ON_CORE", "Not running", true)
	c.call(http.MethodDelete, path, nil, 204, nil)
	c.refused(http.MethodGet, path, nil, 404)
}

func TestARunningLabIsNotWipedOrDeleted(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	node := path + "/nodes/" + c.nodes(path)["r1"]
	c.put(path + "/start")

	for _, step := range []time.Duration{0, queueTime, bootTime} {
		w.advance(step)
		c.refused(http.MethodPut, path+"/wipe", nil, 400)
		c.refused(http.MethodDelete, path, nil, 400)
		c.refused(http.MethodPut, node+"/wipe_disks", nil, 400)
		c.refused(http.MethodDelete, node, nil, 400)
	}
	c.put(path + "/stop")
	c.refused(http.MethodPut, path+"/wipe", nil, 400)
	w.advance(stopTime)
	c.refused(http.MethodDelete, path, nil, 400) // stopped, not wiped
	c.put(path + "/wipe")
	c.call(http.MethodDelete, path, nil, 204, nil)
}

func TestOneNodeIsStartedAndStopped(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	ids := c.nodes(path)
	c.put(path + "/nodes/" + ids["pc1"] + "/state/start")
	w.advance(queueTime + bootTime)

	var states struct{ Nodes, Links, Interfaces map[string]string }
	c.get(path+"/lab_element_state", &states)
	require.Equal(t, map[string]string{ids["r1"]: "DEFINED_ON_CORE", ids["pc1"]: "BOOTED"}, states.Nodes)
	require.Len(t, states.Interfaces, 3)
	for _, state := range states.Links {
		require.Equal(t, "DEFINED_ON_CORE", state)
	}
	require.Equal(t, "STARTED", c.state(path))
	require.True(t, c.converged(path))

	c.put(path + "/nodes/" + ids["pc1"] + "/state/stop")
	w.advance(stopTime)
	require.Equal(t, "STOPPED", c.state(path))
	c.put(path + "/nodes/" + ids["pc1"] + "/wipe_disks")
	require.Equal(t, "DEFINED_ON_CORE", c.state(path))
}

func TestStartingTwiceDoesNotRestart(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	c.put(path + "/start")
	require.True(t, c.converged(path))
	c.put(path + "/stop")
	w.advance(stopTime)
	c.put(path + "/start")
	require.False(t, c.converged(path), "a stopped lab boots again")
}

func TestAStuckNodeNeverBoots(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	stuck := "/machines/" + address + path + "/nodes/r1/stuck"
	c.control(http.MethodPut, stuck, nil, 204)
	w.advance(24 * time.Hour / 2)
	require.False(t, c.converged(path))
	require.Equal(t, "STARTED", c.state(path))
	c.control(http.MethodDelete, stuck, nil, 204)
	require.True(t, c.converged(path))

	c.control(http.MethodPut, "/settings", map[string]any{"stuck_labels": []string{"pc1"}}, 200)
	second := c.imported(lab)
	c.put(second + "/start")
	w.advance(time.Hour)
	require.False(t, c.converged(second))
	require.False(t, c.converged(second+"/nodes/"+c.nodes(second)["pc1"]))
	require.True(t, c.converged(second+"/nodes/"+c.nodes(second)["r1"]))
}

func TestProgressFollowsTheRateOfTheClock(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.kit.Clock.SetRate(1000)
	w.advance((queueTime + bootTime) / 1000)
	require.True(t, c.converged(path))
}

func TestEventsTellWhatHappened(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	node := c.nodes(path)["r1"]
	states := func() (states []string) {
		var events []struct {
			Event       string         `json:"event"`
			ElementType string         `json:"element_type"`
			ElementID   string         `json:"element_id"`
			Data        map[string]any `json:"data"`
		}
		c.get(path+"/events", &events)
		for _, e := range events {
			if e.Event == "STATE_CHANGED" && e.ElementID == node {
				states = append(states, e.Data["state"].(string))
			}
		}
		return states
	}
	require.Equal(t, []string{"QUEUED", "STARTED", "BOOTED"}, states())
	c.put(path + "/stop")
	w.advance(stopTime)
	c.put(path + "/wipe")
	require.Equal(t, []string{"QUEUED", "STARTED", "BOOTED", "STOPPED", "DEFINED_ON_CORE"}, states())
}

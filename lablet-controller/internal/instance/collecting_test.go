package instance

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
)

func files(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	all := map[string][]byte{}
	for _, file := range archive.File {
		reader, err := file.Open()
		require.NoError(t, err)
		all[file.Name], err = io.ReadAll(reader)
		require.NoError(t, err)
	}
	return all
}

func TestTheEvidencePackageNamesEachFileWithItsHash(t *testing.T) {
	w := newWorld(t)
	w.cml.refuses["u1"] = true
	w.untilStatus(lifecycle.InstanceGrading)
	all := files(t, w.evidence.stored[theID+"/1/evidence.zip"])
	var m manifest
	require.NoError(t, json.Unmarshal(all["manifest.json"], &m))
	require.Equal(t, theID, m.InstanceID)
	require.Equal(t, "lab-1", m.LabID)
	require.Len(t, all, len(m.Files)+1)
	for _, file := range m.Files {
		sum := sha256.Sum256(all[file.Path])
		require.Equal(t, hex.EncodeToString(sum[:]), file.SHA256, file.Path)
	}
	require.Equal(t, "hostname r1", string(all["nodes/r1_u0/configuration.txt"]))
	require.Equal(t, "boot of u0", string(all["nodes/r1_u0/console.log"]))
	require.Contains(t, all, "nodes/pc_1_u1/configuration.txt", "a label is made fit for a path")
	require.Equal(t, "cml_invalid", m.Nodes[1].ExtractError, "what a node refused is in the manifest")
	require.Contains(t, w.step(stepCollection).Result, "extracted")
}

func TestWithNothingExtractedCollectionFailsAfterSomeTries(t *testing.T) {
	w := newWorld(t)
	w.cml.refuses["u0"], w.cml.refuses["u1"] = true, true
	w.untilStatus(lifecycle.InstanceStopping)
	require.Contains(t, w.api.reasons, "stopping:collection_failed")
	require.Equal(t, "collection_failed", w.condition(conditionCollection).Reason)
	require.Equal(t, maxTries-1, w.step(stepCollection).Tries)
	require.Empty(t, w.evidence.stored)
	require.Zero(t, w.grader.created, "there is nothing to grade")
}

func TestAnUnreachableLabIsWaitedForAsLongAsCollectionMayTake(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceCollecting)
	begun := w.now
	w.cml.openErr = failure.New(failure.Unavailable, "cml_unavailable", "no answer")
	_, err := w.once()
	require.Error(t, err)
	require.Equal(t, "cml_unavailable", w.condition(conditionCollection).Reason)
	w.untilStatus(lifecycle.InstanceStopping)
	require.GreaterOrEqual(t, w.now.Sub(begun), 10*time.Minute)
}

func TestWithoutStorageTheLabIsGradedAllTheSame(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.InstanceRunning)
	w.evidence = nil
	w.until(w.settledDown)
	require.Equal(t, "not_configured", w.condition(conditionCollection).Reason)
	require.NotNil(t, w.api.score.Score)
	require.Empty(t, w.api.evidence)
}

func TestWithoutAnEngineThereIsNoScoreAndAReason(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.InstanceRunning)
	w.grader = nil
	w.until(w.settledDown)
	require.Nil(t, w.api.score.Score)
	require.Equal(t, "not_configured", w.api.score.Reason)
	require.NotEmpty(t, w.api.evidence)
}

func TestTheEngineIsGivenThePodAndItsScoreIsRecorded(t *testing.T) {
	w := newWorld(t)
	w.until(w.settledDown)
	require.Equal(t, []grading.Interface{
		{Name: "console-r1", Protocol: "telnet", Host: "192.0.2.9", Port: 2000, Authentication: grading.Authentication{Scheme: "none"}},
		{Name: "vnc-r1", Protocol: "vnc", Host: "192.0.2.9", Port: 2001, Authentication: grading.Authentication{Scheme: "none"}},
	}, w.grader.pod.Devices[0].Interfaces)
	require.True(t, *w.api.score.Score.Passed, "8 points reach the cut score of 7")
	require.InDelta(t, 10, w.api.score.Score.TotalPointsPossible, 0)
	require.Len(t, w.api.score.Score.CheckResults, 1)
}

func TestGradingThatFailsOrTakesTooLongLeavesNoScore(t *testing.T) {
	cases := []struct {
		reason string
		change func(g *fakeGrader)
		want   string
	}{
		{"the engine gives up", func(g *fakeGrader) { g.faults = true }, "grading_failed"},
		{"the engine never ends", func(g *fakeGrader) { g.stuck = true }, "grading_timeout"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld(t)
			c.change(w.grader)
			w.until(w.settledDown)
			require.Nil(t, w.api.score.Score)
			require.Equal(t, c.want, w.api.score.Reason)
			require.Equal(t, c.want == "grading_timeout", w.grader.removed == 1, "what still works is told to stop")
		})
	}
}

func TestAScoreThatMakesNoSenseIsNone(t *testing.T) {
	cases := []struct {
		reason string
		report grading.Report
	}{
		{"more points than there are", grading.Report{Score: 11, MaxScore: 10}},
		{"fewer than none", grading.Report{Score: -1, MaxScore: 10}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, ok := scoreOf(c.report, "", time.Time{})
			require.False(t, ok)
		})
	}
}

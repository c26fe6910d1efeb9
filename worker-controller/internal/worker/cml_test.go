package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func down() error {
	return failure.New(failure.Unavailable, "cml_unavailable", "CML cannot be reached.")
}

func TestCMLMustAnswerReadyFirst(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.WorkerRunning)
	w.until("asked", func() bool { return reasonOf(w.api.w, ConditionCMLReady) == "booting" })
	require.False(t, w.api.w.CML.Ready)
	require.Zero(t, w.fuse.count("ReportCMLData"))
	w.until("ready", func() bool { return w.api.w.CML.Ready })
}

func TestOneMissingAnswerIsNoLoss(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.fuse.fail("Information", down(), down())
	w.until("told", func() bool { return reasonOf(w.api.w, ConditionCMLReady) == "cml_unavailable" })
	w.until("ready again", func() bool { return reasonOf(w.api.w, ConditionCMLReady) == "" })
	require.True(t, w.api.w.CML.Ready, "it counted as ready all along")

	w.fuse.fail("Information", down(), down(), down(), down())
	w.until("lost", func() bool { return !w.api.w.CML.Ready })
	w.until("ready again", func() bool { return w.api.w.CML.Ready })
	require.Equal(t, lifecycle.WorkerRunning, w.api.w.Status)
}

func TestACMLThatWasReadyOnceIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.cml.never = true
	w.run(2 * time.Hour)
	require.Equal(t, lifecycle.WorkerRunning, w.api.w.Status)
	require.False(t, w.api.w.CML.Ready)
}

func TestAnotherCertificateIsNotTrusted(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.w.TLSPin = "pin-of-another"
	w.until("lost", func() bool { return !w.api.w.CML.Ready })
	require.Equal(t, "cml_certificate_changed", w.condition(ConditionCMLReady).Reason)
}

func TestPartsOfCMLAreReadEachForItself(t *testing.T) {
	w := newWorld(t)
	for range 100 {
		w.fuse.fail("License", failure.New(failure.Unauthenticated, "cml_credentials", "CML refuses user name and password"))
	}
	w.until("ready", func() bool { return w.api.w.CML.Ready })
	w.until("told", func() bool { return reasonOf(w.api.w, ConditionCMLAccess) == "cml_credentials" })
	require.NotEmpty(t, w.api.w.CML.NodeDefinitions)
	w.fuse.errs = nil
	w.untilLicensed()
	require.Empty(t, reasonOf(w.api.w, ConditionCMLAccess))
}

func TestReportsAreSentWhenSomethingChanged(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.run(5 * time.Minute)
	reports, definitions := w.fuse.count("ReportCMLData"), w.fuse.count("NodeDefinitions")
	w.run(8 * time.Minute)
	require.LessOrEqual(t, w.fuse.count("ReportCMLData")-reports, 1)
	require.Equal(t, definitions, w.fuse.count("NodeDefinitions"))
	w.run(25 * time.Hour)
	require.Equal(t, definitions+1, w.fuse.count("NodeDefinitions"), "daily")
}

func TestCapacityIsReadWhereNothingDeclaresIt(t *testing.T) {
	w := newWorld(t)
	w.api.w.DeclaredCapacity = resource.Capacity{}
	w.untilLicensed()
	require.NotZero(t, w.fuse.count("Usage"))
	require.Equal(t, 40, w.ec2.orders[0].Launch.DiskGB, "the image's own size")
}

package delivery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

func TestNamesOfTheRequirementAreSentOnDemand(t *testing.T) {
	entry := journal.Entry{Kind: readmodel.KindInstance, ID: "i1", Change: journal.Change{
		Version: 4, At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		Events: []journal.Event{{Type: "lablet_instance.running.v1"}, {Type: "lablet_instance.ready.v1"}},
	}}
	types := func(compat string) (all []string) {
		c := Config{Source: "lcm", Prefix: "io.test", Compat: compat}
		events, err := c.events(entry)
		require.NoError(t, err)
		for _, e := range events {
			all = append(all, e.ID()+" "+e.Type())
		}
		return all
	}
	ours := []string{"instances/i1/4/0 io.test.lablet_instance.running.v1", "instances/i1/4/1 io.test.lablet_instance.ready.v1"}
	require.Equal(t, ours, types(""))
	require.Equal(t, []string{ours[0], "instances/i1/4/0/compat ccm.lablet.instance.running", ours[1]}, types(CompatFR))
}

func TestPaceKeepsARate(t *testing.T) {
	p := &pace{}
	p.set(20 * time.Millisecond)
	begun := time.Now()
	for range 4 {
		p.wait(t.Context(), 0)
	}
	require.GreaterOrEqual(t, time.Since(begun), 60*time.Millisecond)
}

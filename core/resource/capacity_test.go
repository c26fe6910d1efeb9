package resource

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func nodes(n int) *int { return &n }

func TestCanFit(t *testing.T) {
	worker := Capacity{CPUCores: 8, MemoryGB: 16, StorageGB: 100, MaxNodes: nodes(20)}
	cases := []struct {
		reason string
		need   Capacity
		fits   bool
	}{
		{"all of it", worker, true},
		{"vCPU", Capacity{CPUCores: 9}, false},
		{"memory", Capacity{MemoryGB: 17}, false},
		{"storage", Capacity{StorageGB: 101}, false},
		{"nodes", Capacity{MaxNodes: nodes(21)}, false},
		{"nodes unknown", Capacity{CPUCores: 1}, true},
	}
	for _, c := range cases {
		require.Equal(t, c.fits, worker.CanFit(c.need), c.reason)
	}
	require.True(t, Capacity{}.CanFit(Capacity{MaxNodes: nodes(900)}), "no limit is known")
}

func TestSubtractStopsAtZeroAndKeepsUnknown(t *testing.T) {
	left := Capacity{CPUCores: 1, MaxNodes: nodes(2)}.Subtract(Capacity{CPUCores: 3, MemoryGB: 1, MaxNodes: nodes(5)})
	require.Equal(t, Capacity{MaxNodes: nodes(0)}, left)
	require.Nil(t, Capacity{CPUCores: 4}.Subtract(Capacity{MaxNodes: nodes(1)}).MaxNodes)
	require.Equal(t, 7, *Capacity{MaxNodes: nodes(7)}.Subtract(Capacity{}).MaxNodes)
}

func TestAddKnowsNodesWhenOneSideDoes(t *testing.T) {
	require.Nil(t, Capacity{}.Add(Capacity{}).MaxNodes)
	require.Equal(t, 3, *Capacity{}.Add(Capacity{MaxNodes: nodes(3)}).MaxNodes)
	require.Equal(t, 5, *Capacity{MaxNodes: nodes(2)}.Add(Capacity{MaxNodes: nodes(3)}).MaxNodes)
}

func TestIsZero(t *testing.T) {
	require.True(t, Capacity{}.IsZero())
	require.False(t, Capacity{MaxNodes: nodes(0)}.IsZero(), "a limit of zero is declared")
	require.False(t, Capacity{StorageGB: 1}.IsZero())
}

func TestWhatIsAddedCanBeTakenAway(t *testing.T) {
	draw := func(t *rapid.T, name string) Capacity {
		n := rapid.IntRange(0, 1000)
		return Capacity{
			CPUCores: n.Draw(t, name+" cpu"), MemoryGB: n.Draw(t, name+" memory"), StorageGB: n.Draw(t, name+" storage"),
			MaxNodes: nodes(n.Draw(t, name+" nodes")),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		sum := a.Add(b)
		require.Equal(t, sum, b.Add(a))
		require.Equal(t, a, sum.Subtract(b))
		require.True(t, sum.CanFit(a))
	})
}

func TestRequirements(t *testing.T) {
	good := Requirements{CPUCores: 1, MemoryGB: 1, StorageGB: 1}
	require.NoError(t, good.Validate())
	for _, broken := range []Requirements{{MemoryGB: 1, StorageGB: 1}, {CPUCores: 1, StorageGB: 1}, {CPUCores: 1, MemoryGB: 1}} {
		require.ErrorContains(t, broken.Validate(), "at least 1 vCPU")
	}
	require.Equal(t, Capacity{CPUCores: 1, MemoryGB: 1, StorageGB: 1, MaxNodes: nodes(4)}, good.Capacity(4))
}

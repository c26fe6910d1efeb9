package topology

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func seeds(f *testing.F) {
	for _, text := range []string{
		small, "", "lab: [", "- a", "\uFEFF" + small, "lab: &a {version: 0.3.0}\nnodes: *a\nlinks: ",
		"lab: {version: 0.3.0}\r\nlinks: []\r\nnodes:\r\n- id: a\r\n  label: b\r\n  node_definition: c\r\n  tags:\r\n  - |\r\n    serial:1\r\n",
		"lab: {version: 0.3.0}\nlinks: []\nnodes:\n- ? id\n  : a\n  label: b\n  node_definition: c\n  tags: [\"serial:1\", serial:2]\n",
		"lab: {version: 0.3.0}\nlinks: ~\nnodes: [{id: a, label: b, node_definition: c, tags: !!null }]\n",
	} {
		f.Add([]byte(text))
	}
}

// FuzzParse wants a lab or a refusal, whatever comes.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		lab, err := Parse(text)
		if err != nil {
			require.Nil(t, lab)
			return
		}
		require.NotEmpty(t, lab.Nodes)
		require.NoError(t, lab.PortTemplate().Validate())
		require.NoError(t, lab.Requirements(DefaultTable(), 0).Validate())
	})
}

// FuzzRewritePorts wants the numbers in the tags or a refusal, never another lab.
func FuzzRewritePorts(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := Parse(text); err != nil {
			return
		}
		if tagged, err := AddPortTags(text, DefaultTable()); err == nil {
			text = tagged
		}
		numbers := numbersFor(t, text)
		result, err := RewritePorts(text, numbers)
		if err != nil {
			return
		}
		requireNumbers(t, result, numbers)
		titled, err := SetTitle(result, "new")
		if err == nil {
			requireNumbers(t, titled, numbers)
		}
	})
}

func BenchmarkParseLargeLab(b *testing.B) {
	text := sharedTopologies(b)["300-nodes.yaml"]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, err := Parse(text)
		require.NoError(b, err)
	}
}

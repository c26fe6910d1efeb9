package labpackage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/labpackage"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Exam Associate CCNA v1.1 LAB 1.3a": "exam-associate-ccna-v1.1-lab-1.3a",
		"A  /  B @ 1":                       "a-b-1",
		"Exam X Y 1 LAB LAB-2.9.1":          "exam-x-y-1-lab-lab-2.9.1",
		"- a -":                             "a",
	} {
		got, err := labpackage.Slug(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, in := range []string{"", "  ", "___", "---"} {
		_, err := labpackage.Slug(in)
		require.ErrorIs(t, err, labpackage.ErrNoSlug, in)
	}
}

func TestNamedTakesTheBaseNameAndPrefersPAv1(t *testing.T) {
	p, err := labpackage.Open(simtest.Zip(t,
		"RCUv1/my_grade.xml", "other", "RCUv1/grade.xml", "old", "PAv1/grade.xml", "new"))
	require.NoError(t, err)
	name, raw, err := p.Named("grade.xml")
	require.NoError(t, err)
	require.Equal(t, "PAv1/grade.xml", name)
	require.Equal(t, "new", string(raw))
	_, _, err = p.Named("pod.xml")
	require.ErrorIs(t, err, labpackage.ErrNoEntry)
}

func TestValidate(t *testing.T) {
	const content = `<lab_content version="3"><sections><section>content/s.xml</section></sections></lab_content>`
	for _, c := range []struct {
		reason string
		files  []string
		want   string
	}{
		{"complete", []string{"a/content.xml", content, "a/content/s.xml", "<section/>", "mosaic_meta.json", "{}"}, ""},
		{"section is missing", []string{"content.xml", content, "mosaic_meta.json", "{}"}, "content/s.xml"},
		{"section is not well formed", []string{"content.xml", content, "content/s.xml", "<a>", "mosaic_meta.json", "{}"}, "content/s.xml"},
		{"content is not well formed", []string{"content.xml", "<lab_content>", "mosaic_meta.json", "{}"}, "content.xml"},
		{"no publish record", []string{"content.xml", content, "content/s.xml", "<section/>"}, "mosaic_meta.json"},
	} {
		p, err := labpackage.Open(simtest.Zip(t, c.files...))
		require.NoError(t, err)
		err = p.Validate()
		if c.want == "" {
			require.NoError(t, err, c.reason)
			continue
		}
		require.ErrorContains(t, err, c.want, c.reason)
	}
}

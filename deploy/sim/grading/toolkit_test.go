package grading_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
)

const gradeXML = `<grading-rules xmlns="http://www.w3.org/2009/grading"><lab title="Tiny" version="1"/>
<section index="0" description="INVARIANT" mode="concurrent"><subsection index="1" description="R1">
 <verify subject="commandOutput" device="R1" command="show version" match="/x/" out="v" timeout="30"/></subsection></section>
<section index="1" points="3" description="Task 1">
 <subsection index="1" points="1" description="a" domain="1.0"><verify subject="parse" device="R1" regexp="/V/"/></subsection>
 <subsection index="2" points="2" description="b"/></section>
<section index="2" description="Task 2"><subsection index="1" points="7" description="c"/></section></grading-rules>`

func rulesPath() string { return base + "/parts/" + url.PathEscape(fqn) + "/ruleset/grading/rules" }

func synced(t *testing.T, dir string) *bench {
	objects := simtest.Objects{"exam-associate-test-v1-lab-1.0/SVN.zip": simtest.Zip(t,
		"RCUv1/grade.xml", gradeXML, "RCUv1/pod.xml", "<lab/>", "mosaic_meta.json", `{"FormSetId":"64","Version":"7"}`)}
	b := open(t, dir, grading.Config{Objects: objects})
	b.Must(204, "POST", base+"/parts/ruleset/grading/synchronize", map[string]any{"partId": fqn})
	return b
}

func TestSynchronizeNeedsThePackage(t *testing.T) {
	b := open(t, "", grading.Config{Objects: simtest.Objects{}})
	path := base + "/parts/ruleset/grading/synchronize"
	require.Equal(t, 404, b.JSON("POST", path, map[string]any{"partId": fqn}).Status)
	require.Equal(t, 400, b.JSON("POST", path, map[string]any{"partId": "x"}).Status)
	require.Equal(t, 404, b.JSON("GET", rulesPath(), nil).Status)
	b = open(t, "", grading.Config{})
	b.Must(204, "POST", path, map[string]any{"partId": fqn})
}

func TestRulesetComesFromThePackage(t *testing.T) {
	dir := t.TempDir()
	synced(t, dir)
	b := open(t, dir, grading.Config{})
	got := b.Must(200, "GET", rulesPath(), nil)
	require.Equal(t, float64(7), got["scoring"].(map[string]any)["cutScore"], "70 % of 10")
	toolkit := got["grading"].(map[string]any)
	meta := toolkit["packageMetadata"].(map[string]any)
	require.Equal(t, map[string]any{"formsetId": "64", "version": "7"}, meta)
	sections := toolkit["ruleset"].(map[string]any)["sections"].([]any)
	require.Len(t, sections, 3)
	rule := sections[1].(map[string]any)["items"].([]any)[0].(map[string]any)["rules"].([]any)[0].(map[string]any)
	require.Equal(t, "/V/", rule["regex"])
	require.Equal(t, 200, b.JSON("GET", base+"/parts/"+url.PathEscape(fqn)+"/ruleset/grading/guide", nil).Status)

	b.Must(204, "PUT", base+"/parts/ruleset/scoring", map[string]any{
		"partId": fqn, "scoringRequirements": map[string]any{"version": 2, "rereadScore": 5, "cutScore": 9, "minScore": 0},
	})
	require.Equal(t, float64(9), b.Must(200, "GET", rulesPath(), nil)["scoring"].(map[string]any)["cutScore"])
}

func TestRulesetAsXMLAndYAML(t *testing.T) {
	b := synced(t, "")
	answer := b.Do("GET", rulesPath(), "", "", "Accept", "application/xml")
	require.Equal(t, "application/xml", answer.Header.Get("Content-Type"))
	require.Contains(t, answer.Body, "<cutScore>7</cutScore>")
	require.Contains(t, answer.Body, `regexp="/V/"`)
	answer = b.Do("GET", rulesPath(), "", "", "Accept", "application/yaml")
	require.Contains(t, answer.Body, "cutScore: 7\n")
}

func TestScoreReportFollowsTheRules(t *testing.T) {
	b := synced(t, "")
	b.ready("s-1")
	report := b.graded("s-1", "")["scoreReport"].(map[string]any)
	require.Equal(t, float64(10), report["maxScore"])
	require.Equal(t, float64(8), report["score"])
	sections := report["sections"].([]any)
	require.Len(t, sections, 2, "the section that only collects gives no points")
	total := 0.0
	for _, s := range sections {
		section, sum := s.(map[string]any), 0.0
		for _, i := range section["items"].([]any) {
			sum += i.(map[string]any)["score"].(float64)
		}
		require.Equal(t, section["score"], sum, "items add up to their section")
		total += sum
	}
	require.Equal(t, report["score"], total)
}

package definition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

func TestSlug(t *testing.T) {
	for _, c := range []struct{ reason, name, slug string }{
		{"the sample", "Exam Associate CCNA v1.1 LAB 1.3a", "exam-associate-ccna-v1.1-lab-1.3a"},
		{"other signs are dropped, dashes collapse", "A  /  B @ 1", "a-b-1"},
		{"dashes at the ends go", " - ab c - ", "ab-c"},
		{"a form with dashes in its name", "Exam Associate CCNA v1.1 LAB LAB-2.9.1", "exam-associate-ccna-v1.1-lab-lab-2.9.1"},
		{"letters that S3 does not know", "Épreuve 1", "preuve-1"},
		{"three characters are enough", "a b", "a-b"},
		{"63 are the most", strings.Repeat("a", 63), strings.Repeat("a", 63)},
		{"nothing is left", "___", ""},
		{"empty", "", ""},
		{"too short", "ab", ""},
		{"too long", strings.Repeat("a", 64), ""},
		{"two dots", "a..b", ""},
		{"dot and dash", "a. b", ""},
		{"dash and dot", "a .b", ""},
		{"a dot at the beginning", ".abc", ""},
		{"a dot at the end", "abc.", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			slug, err := Slug(c.name)
			if c.slug == "" {
				refused(t, err, failure.Invalid, "bad_form_qualified_name")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.slug, slug)
		})
	}
}

func TestFormQualifiedName(t *testing.T) {
	for _, c := range []struct{ reason, name, says string }{
		{"the sample", form, ""},
		{"dashes are seen in samples", "Exam Associate CCNA v1.1 LAB LAB-2.9.1", ""},
		{"the older form, with a hint", "org/project/form", "six parts"},
		{"the older form with spaces", "My Org/project/form", "older form"},
		{"five parts", "Exam Associate CCNA v1.1 LAB", "six parts"},
		{"seven parts", form + " x", "six parts"},
		{"two spaces", "Exam  Associate CCNA v1.1 LAB 1.3a", "six parts"},
		{"two spaces in place of a part", "Exam  CCNA v1.1 LAB 1.3a", `Part ""`},
		{"a space at the end", "Exam Associate CCNA v1.1 LAB ", `Part ""`},
		{"a tab is no space", "Exam\tAssociate CCNA v1.1 LAB 1.3a", "six parts"},
		{"a sign that a bucket cannot have", "Exam Associate CCNA v1.1 LAB 1@3a", `Part "1@3a"`},
		{"a bucket name that S3 refuses", "Exam Associate CCNA v1.1 LAB .3a", "bucket name"},
		{"empty", "", "six parts"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			err := CheckFormQualifiedName(c.name)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			refused(t, err, failure.Invalid, "bad_form_qualified_name")
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestArtifactURI(t *testing.T) {
	for _, c := range []struct{ uri, bucket, object string }{
		{"s3://labs/one.zip", "labs", "one.zip"},
		{"s3://labs/deep/er/one.zip", "labs", "deep/er/one.zip"},
		{"s3://labs/", "", ""},
		{"s3://labs", "", ""},
		{"s3:///one.zip", "", ""},
		{"s3://LABS/one.zip", "", ""},
		{"s3://a..b/one.zip", "", ""},
		{"https://labs/one.zip", "", ""},
		{"", "", ""},
	} {
		bucket, object, ok := ParseArtifactURI(c.uri)
		require.Equal(t, c.bucket != "", ok, c.uri)
		if ok {
			require.Equal(t, c.bucket, bucket)
			require.Equal(t, c.object, object)
		}
	}
}

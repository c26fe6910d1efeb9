package definition

import (
	"regexp"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

var (
	dropped  = regexp.MustCompile(`[^a-z0-9.-]`)
	dashes   = regexp.MustCompile(`-{2,}`)
	s3Bucket = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	fqnPart  = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
)

const (
	fqnParts  = 6
	fqnSample = "Exam Associate CCNA v1.1 LAB 1.3a"
)

// Slug makes the bucket name of a form qualified name.
func Slug(name string) (string, error) {
	slug := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "-")
	slug = strings.Trim(dashes.ReplaceAllString(dropped.ReplaceAllString(slug, ""), "-"), "-")
	if !validBucket(slug) {
		return "", badFormName("%q gives no valid bucket name.", name)
	}
	return slug, nil
}

// validBucket applies the rules of S3 for the names of buckets.
func validBucket(name string) bool {
	return s3Bucket.MatchString(name) && !strings.Contains(name, "..") && !strings.Contains(name, ".-") && !strings.Contains(name, "-.")
}

// CheckFormQualifiedName checks the six parts of a form qualified name: letters, digits, dots and dashes.
func CheckFormQualifiedName(name string) error {
	if strings.Contains(name, "/") {
		return badFormName("The older form organisation/project/form is no longer taken; give six parts with one space between, such as %q.", fqnSample)
	}
	parts := strings.Split(name, " ")
	if len(parts) != fqnParts {
		return badFormName("%q needs six parts with one space between, such as %q.", name, fqnSample)
	}
	for _, part := range parts {
		if !fqnPart.MatchString(part) {
			return badFormName("Part %q of %q has to be of letters, digits, dots and dashes, such as in %q.", part, name, fqnSample)
		}
	}
	_, err := Slug(name)
	return err
}

func badFormName(message string, args ...any) error {
	return failure.New(failure.Invalid, "bad_form_qualified_name", message, args...)
}

// ParseArtifactURI reads s3://bucket/object.
func ParseArtifactURI(uri string) (bucket, object string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return "", "", false
	}
	bucket, object, ok = strings.Cut(rest, "/")
	return bucket, object, ok && validBucket(bucket) && object != ""
}

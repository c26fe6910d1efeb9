// Package labpackage reads content packages (the zip of a lab) the way the Lab
// Delivery System and the grading engine do.
package labpackage

import (
	"errors"
	"strings"
)

// Object is the key under which a package lies in its bucket.
const Object = "SVN.zip"

// ErrNoSlug means that nothing of the form qualified name is left as a bucket name.
var ErrNoSlug = errors.New("form qualified name gives no bucket name")

// Slug turns a form qualified name into the name of its bucket: lower case,
// spaces to hyphens, only a-z 0-9 . - kept, runs of hyphens joined and trimmed.
func Slug(fqn string) (string, error) {
	var b strings.Builder
	hyphen := false
	for _, c := range strings.ToLower(strings.TrimSpace(fqn)) {
		switch {
		case c == ' ' || c == '-':
			hyphen = true
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.':
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(c)
		}
	}
	if b.Len() == 0 {
		return "", ErrNoSlug
	}
	return b.String(), nil
}

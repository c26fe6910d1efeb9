// Package schema checks decoded JSON and YAML values against closed schemas, the
// way the CML controller does: every violation is listed with its location, and
// a key that is not known is a violation too.
package schema

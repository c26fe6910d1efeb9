package demo

import "time"

// Archive is the content package that Publish uploads, for those who publish in their own way.
func Archive(lab []byte, now time.Time) ([]byte, error) { return buildPackage(lab, now) }

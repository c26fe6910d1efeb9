// Package s3 simulates an S3-compatible object store, path style only. The
// protocol is github.com/rclone/gofakes3; the objects are files of our own, so
// they survive a restart.
package s3

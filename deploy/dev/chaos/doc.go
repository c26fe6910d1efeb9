// Package chaos holds the tests that disturb real processes: kills at the boundaries of their calls, and elections among
// replicas. Those in virtual time are in package seeds. See README.md.
package chaos

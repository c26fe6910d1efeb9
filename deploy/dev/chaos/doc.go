// Package chaos holds the tests that disturb the whole system: storms of faults in virtual time, kills of real processes at
// the boundaries of their calls, and elections among replicas. See README.md.
package chaos

// Package seeds holds the tests that disturb the whole system in virtual time. A seed is a storm of faults; it replays.
package seeds

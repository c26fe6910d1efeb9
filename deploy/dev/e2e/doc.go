// Package e2e holds tests of the whole system: real etcd, a real store, real HTTP and TLS, the simulated outside world, and
// the four services, together in one process or each in one of its own.
package e2e

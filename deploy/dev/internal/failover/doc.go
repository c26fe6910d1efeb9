// Package failover holds elections among real processes on a real etcd, and tells how long the work stood still. An API of
// its own issues the terms and takes the writes, as control-plane-api does; each process reaches etcd by a relay that can be
// cut.
package failover

// Package failover holds elections among real processes on a real etcd and the real control-plane-api, and tells how long the
// work stood still. Each process reaches etcd by a relay that can be cut, and the API by one that notes its writes.
package failover

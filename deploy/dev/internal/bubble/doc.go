// Package bubble runs all four services and the simulated outside world in one process without a socket, a file that is
// written or a second of real time: etcd and the store are models in memory, connections are pipes, simulators are called
// directly. So it fits into a testing/synctest bubble, where hours pass in a moment, and every call may be disturbed. It is
// for tests only.
package bubble

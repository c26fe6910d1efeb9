// Package ec2 simulates the part of Amazon EC2 and CloudWatch that a fleet of
// CML workers needs, on their real wire protocols: EC2's query protocol, and
// GetMetricStatistics as Smithy RPC v2 CBOR and as the older AWS query.
//
// All work is lazy: the state of an instance follows from stored facts and the
// simulated clock, so nothing is lost over a restart and no timer runs.
package ec2

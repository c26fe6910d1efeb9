// Package sink simulates a receiver of CloudEvents: it takes single events in
// binary and structured mode, refuses batches, answers the webhook handshake and
// lists what it got.
package sink

// Config is fixed for the life of a Server.
type Config struct {
	// Token, when set, must come as bearer token with each delivery.
	Token string
	// AllowedRate answers the handshake, events per minute; empty means any rate.
	AllowedRate string
}

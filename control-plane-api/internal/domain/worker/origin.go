package worker

// Origin tells how LCM came to a worker.
type Origin string

// The origins. A worker of an older release has none.
const (
	OriginUser      Origin = "user_created"
	OriginScaleUp   Origin = "scale_up"
	OriginDiscovery Origin = "ec2_discovery"
)

module github.com/lablet-cloud-manager/lcm/deploy/dev

go 1.26.0

require (
	github.com/lablet-cloud-manager/lcm/core v0.0.0
	github.com/lablet-cloud-manager/lcm/control-plane-api v0.0.0
	github.com/lablet-cloud-manager/lcm/resource-scheduler v0.0.0
	github.com/lablet-cloud-manager/lcm/worker-controller v0.0.0
	github.com/lablet-cloud-manager/lcm/lablet-controller v0.0.0
	github.com/lablet-cloud-manager/lcm/deploy/sim v0.0.0
)

replace (
	github.com/lablet-cloud-manager/lcm/core => ../../core
	github.com/lablet-cloud-manager/lcm/control-plane-api => ../../control-plane-api
	github.com/lablet-cloud-manager/lcm/resource-scheduler => ../../resource-scheduler
	github.com/lablet-cloud-manager/lcm/worker-controller => ../../worker-controller
	github.com/lablet-cloud-manager/lcm/lablet-controller => ../../lablet-controller
	github.com/lablet-cloud-manager/lcm/deploy/sim => ../sim
)

module github.com/lablet-cloud-manager/lcm/worker-controller

go 1.26.0

require github.com/lablet-cloud-manager/lcm/core v0.0.0

replace github.com/lablet-cloud-manager/lcm/core => ../core

module github.com/lablet-cloud-manager/lcm/deploy/sim

go 1.26.0

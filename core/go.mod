module github.com/lablet-cloud-manager/lcm/core

go 1.26.0

# Every target lives in a file of its own below deploy/make; "make help" lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
ROOT := $(CURDIR)
MODULES := core control-plane-api resource-scheduler worker-controller lablet-controller deploy/sim deploy/dev deploy/wire
BIN := $(ROOT)/.cache/bin

include deploy/make/*.mk

# The race detector needs a C compiler; without one the same tests run without it. It does not watch inside SQLite, which is C turned
# into Go and runs five times as long when it is watched.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race -gcflags=modernc.org/sqlite/lib=-race=false)
TESTFLAGS ?=
# The race detector keeps each test program for a second after its end, to hear of late races. A tenth does: there are a hundred.
export GORACE ?= atexit_sleep_ms=100
# Vet is a check of its own. Without debugging data a test program is linked in two thirds of the time.
GOTEST := go test -vet=off -ldflags=-w -timeout 40m
# Many tests wait for leases, slots and time-outs: one package more at once than there are cores keeps the cores busy.
PACKAGES := $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

.PHONY: test
test: ## Run the tests of all modules, then 2,000 storms of faults in virtual time
	$(GOTEST) $(RACE) -p $(PACKAGES) -shuffle=on $(TESTFLAGS) work
	cd deploy/dev && SEEDS=2000 $(GOTEST) -run '^TestSeeds$$' $(TESTFLAGS) ./chaos/seeds

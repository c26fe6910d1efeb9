# A run takes at most 15 minutes on two cores that have nothing else to do. SEEDS=n is the number of storms in virtual time, FIRST=n where
# they begin, KILLS=n the number of lives with kills at any time, ROUNDS=n the most calls of a kind at whose boundaries processes are
# killed, OUTAGE=d how long etcd is away. SEED=n replays one seed: make chaos-seeds SEED=n, make chaos-kills SEED=n.
SEEDS ?= 600
OUTAGE ?= 10m
CHAOS = cd deploy/dev && LCM_CHAOS=1 go test -count=1 -timeout 30m $(TESTFLAGS)

# The outage is nothing but waiting, so it goes on beside the rest, and its cases all at once.
.PHONY: chaos
chaos: ## Kill, pause and part real processes, put their clocks wrong, take etcd away, and let storms of faults pass in virtual time
	$(MAKE) --jobs=2 --output-sync=target chaos-outage chaos-rest

.PHONY: chaos-rest
chaos-rest: chaos-processes
	$(MAKE) chaos-seeds

# Most of these wait for leases and time-outs, so more of them run at once than there are cores.
.PHONY: chaos-processes
chaos-processes: ## Faults among real processes alone
	$(CHAOS) -parallel 8 ./chaos

.PHONY: chaos-outage
chaos-outage: ## Mirrors of a real etcd that is away for ten minutes (OUTAGE=d)
	cd deploy/dev && LCM_TEST_OUTAGE=$(OUTAGE) go test -count=1 -timeout 60m $(TESTFLAGS) -parallel 4 -run '^TestMirrorThroughALongOutage$$' ./etcdtest

.PHONY: chaos-seeds
chaos-seeds: ## Storms of faults in virtual time (SEEDS=n, FIRST=n, SEED=n)
	export SEEDS=$(SEEDS); $(CHAOS) ./chaos/seeds

.PHONY: chaos-kills
chaos-kills: ## Lives with kills at any time (KILLS=n, SEED=n)
	$(CHAOS) -run '^TestKillsAtAnyTime$$' -v ./chaos

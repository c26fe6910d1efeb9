# A run takes at most 15 minutes on two cores. SEEDS=n is the number of storms in virtual time, FIRST=n where they begin, KILLS=n
# the number of lives with kills at any time, ROUNDS=n the most calls of a kind at whose boundaries processes are killed.
# SEED=n replays one seed: make chaos-seeds SEED=n, make chaos-kills SEED=n.
SEEDS ?= 600
CHAOS = cd deploy/dev && LCM_CHAOS=1 go test -count=1 -timeout 30m $(TESTFLAGS)

.PHONY: chaos
chaos: ## Kill, pause and part real processes, and let storms of faults pass in virtual time
	$(CHAOS) ./chaos
	$(MAKE) chaos-seeds

.PHONY: chaos-seeds
chaos-seeds: ## Storms of faults in virtual time (SEEDS=n, FIRST=n, SEED=n)
	export SEEDS=$(SEEDS); $(CHAOS) ./chaos/seeds

.PHONY: chaos-kills
chaos-kills: ## Lives with kills at any time (KILLS=n, SEED=n)
	$(CHAOS) -run '^TestKillsAtAnyTime$$' -v ./chaos

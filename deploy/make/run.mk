.PHONY: run
run: ## Start everything in one process; data is kept in .lcm
	cd deploy/dev && go run ./cmd/lcm-dev run --data $(ROOT)/.lcm $(ARGS)

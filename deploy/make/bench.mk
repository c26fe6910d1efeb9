.PHONY: bench
bench: ## Run the benchmarks; writes docs/benchmarks.md and .lcm/bench.json
	cd deploy/dev && go run ./cmd/lcm-bench --out $(ROOT)/.lcm/bench.json --page $(ROOT)/docs/benchmarks.md $(ARGS)

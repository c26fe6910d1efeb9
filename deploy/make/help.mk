.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' deploy/make/*.mk | sort | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

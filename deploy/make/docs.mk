# What a test prints it also compares: make test fails when one of these documents is stale.
.PHONY: docs
docs: ## Print the generated documents anew
	cd core && go test ./lifecycle -run Document -count=1 -update
	cd deploy/dev && go test ./docs -count=1 -update

.PHONY: docs
docs: ## Print the generated documents anew
	cd core && go test ./lifecycle -run Docs -update
	cd deploy/dev && go test ./docs -update

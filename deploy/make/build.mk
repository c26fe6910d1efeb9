.PHONY: build
build: ## Compile every module
	go build work

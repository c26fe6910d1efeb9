# The race detector needs a C compiler; without one the same tests run without it.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race)
TESTFLAGS ?=

.PHONY: test
test: ## Run the tests of all modules
	go test $(RACE) -shuffle=on -timeout 40m $(TESTFLAGS) work

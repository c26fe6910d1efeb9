GOLANGCI := $(BIN)/golangci-lint
GOLANGCI_VERSION := v2.15.0

$(GOLANGCI):
	GOBIN=$(BIN) GOWORK=off GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

.PHONY: lint
lint: $(GOLANGCI) ## Run the linter on every module
	@for m in $(MODULES); do echo "lint $$m"; (cd $$m && $(GOLANGCI) run --config $(ROOT)/.golangci.yml ./...) || exit 1; done

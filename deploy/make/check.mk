.PHONY: check
check: check-format check-vet check-modules ## Formatting, vet, and each module on its own

.PHONY: check-format
check-format:
	@unformatted=$$(git ls-files '*.go' | xargs -r gofmt -l); if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi

.PHONY: check-vet
check-vet:
	go vet work

.PHONY: check-modules
check-modules:
	@for m in $(MODULES); do echo "module $$m"; (cd $$m && GOWORK=off go build ./... && GOWORK=off go mod tidy -diff) || exit 1; done

# TOPOLOGY=file.yaml books that CML lab; SPLIT=1 gives each service its own process; KILL=service:n kills that one n times.
.PHONY: demo
demo: ## Book, run and grade a lab, and print its life
	cd deploy/dev && go run ./cmd/lcm-dev demo --attach $(ROOT)/.lcm $(if $(TOPOLOGY),--topology $(abspath $(TOPOLOGY))) $(if $(SPLIT),--split) $(if $(KILL),--kill $(KILL)) $(ARGS)

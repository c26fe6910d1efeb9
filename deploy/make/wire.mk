# The server is FerretDB, in the test's process. LCM_TEST_MONGODB_URI=mongodb://... runs the same tests on that server as well, in databases of their own.
.PHONY: wire
wire: ## Test the MongoDB store engine over the wire protocol
	cd deploy/wire && go test -count=1 -timeout 10m $(TESTFLAGS) ./...

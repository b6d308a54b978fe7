# Every target sets up what it needs, pinned and cached; only Go, and Java with Maven for Neo4j, must be there.

CACHE ?= $(if $(LIFTGRAPH_CACHE),$(LIFTGRAPH_CACHE),$(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/liftgraph)
export LIFTGRAPH_CACHE := $(CACHE)
# The toolchain that go.mod names, where the one installed is older.
export GOTOOLCHAIN := auto

GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
LINT := $(CACHE)/golangci-lint-2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0
VULNDB := $(if $(GOVULNDB),$(GOVULNDB),https://vuln.go.dev)
FUZZTIME ?= 10s
ROUNDS ?= 2000
NEWEST_NEO4J ?= 2026.08.1
# The tests of an import and of loads that the newest Neo4j has to pass too; NEWEST_TESTS=. runs all.
NEWEST_TESTS ?= ^(TestAdminOnTheRealThing|TestAdminNamesBadRows|TestCreate|TestMaxRemoved|TestLoadIntoAGraphOfOthers)$$
# Those of other packages' tests that take a real S3 server or Trino, by name.
ENGINE_TESTS := ^(TestRealServer.*|TestPublish|TestS3|TestTrino|TestServerEndsWithItsTest)$$
ENGINE_PACKAGES := ./internal/objects ./emit/lake ./cmd/liftgraph/duckdbtest ./extract/cloudtrail/engine ./fixtures/s3/versitygw
# Packages are tested beside each other, which -bench would prevent; so benchmarks come after the tests, and nothing is run twice.
# A program under the race detector sleeps for a second at its end unless a setting stops it.
RACE = GORACE=atexit_sleep_ms=10 LIFTGRAPH_REQUIRE_NEO4J=1 go test -race -shuffle=on -p 3 -timeout 30m
PACKAGES = $$(go list ./... | grep -v /enginetest$$)
SMALL = LIFTGRAPH_BENCH_RUNS=2000 LIFTGRAPH_BENCH_ROWS=10000 LIFTGRAPH_BENCH_EVENTS=10000 LIFTGRAPH_REQUIRE_NEO4J=1
# Each package with a benchmark, found by its text.
BENCHMARKED = $$(grep -rl --include='*_test.go' '^func Benchmark' cmd emit extract fixtures graph ingest internal query transform | xargs -n 1 dirname | sort -u | sed 's:^:./:')
DEMO ?= $(or $(TMPDIR),/tmp)/liftgraph-demo

.PHONY: help build demo test test-times test-engines test-newest test-browser soak soak-scale lint vuln fuzz bench release test-release test-release-cold test-chart test-alerts docs clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 12

build: ## build bin/liftgraph
	go build -trimpath -o bin/liftgraph ./cmd/liftgraph

demo: build ## the whole pipeline on a sample account, into a real Neo4j
	@./fixtures/demo.sh bin/liftgraph $(DEMO)

test: ## tests and fuzz seeds under the race detector with a real Neo4j, then each benchmark once
	@./fixtures/neo4j/install.sh > /dev/null
	$(RACE) $(PACKAGES)
	$(SMALL) go test -run '^$$' -bench . -benchtime 1x -timeout 30m $(BENCHMARKED)

test-times: ## the tests of make test; prints the 20 that took longest, and the packages
	@./fixtures/neo4j/install.sh > /dev/null
	@$(RACE) -json $(PACKAGES) | go run ./fixtures/cmd/slowest-tests

test-engines: ## the tests that take a real S3 server and a real Trino (1 GB to download, minutes to build, cached)
	@./fixtures/s3/versitygw/install.sh > /dev/null
	@./fixtures/trino/install.sh > /dev/null
	LIFTGRAPH_REQUIRE_S3=1 LIFTGRAPH_REQUIRE_TRINO=1 go test -timeout 30m -run '$(ENGINE_TESTS)' $(ENGINE_PACKAGES)
	LIFTGRAPH_REQUIRE_S3=1 LIFTGRAPH_REQUIRE_TRINO=1 go test -timeout 30m ./cmd/liftgraph/enginetest

test-newest: ## the import and the loads with the newest Neo4j, where there is a Java 25 (JAVA25_HOME)
	@java=$$(./fixtures/neo4j/java25.sh) || { echo "skipped: Neo4j $(NEWEST_NEO4J) needs Java 25, and there is none; JAVA25_HOME names one"; exit 0; }; \
	export JAVA_HOME=$$java LIFTGRAPH_NEO4J_VERSION=$(NEWEST_NEO4J) LIFTGRAPH_NEO4J_CYPHER=CYPHER_25 LIFTGRAPH_REQUIRE_NEO4J=1; \
	./fixtures/neo4j/install.sh > /dev/null && go test -timeout 30m -run '$(NEWEST_TESTS)' ./ingest/admin ./ingest/live

test-browser: build ## the pages in a real browser: Chromium, installed where apt-get may; pictures into cmd/liftgraph/browsertest/screenshots
	@chromium=$$(./cmd/liftgraph/browsertest/chromium.sh) || { [ $$? = 69 ] && echo "skipped: the pages weren't looked at with a browser" && exit 0; exit 1; }; \
	go build -trimpath -o bin/fake-spacelift ./fixtures/cmd/fake-spacelift && cd cmd/liftgraph/browsertest && \
	CHROMIUM=$$chromium LIFTGRAPH=$(CURDIR)/bin/liftgraph FAKE_SPACELIFT=$(CURDIR)/bin/fake-spacelift go test -count=1 -timeout 10m ./...

soak: ## what takes hours: ROUNDS kills of each command, each file operation failed once, and each fuzz target for FUZZTIME
	@./fixtures/neo4j/install.sh > /dev/null
	TMPDIR=$${TMPDIR:-$$(test -w /dev/shm && echo /dev/shm || echo /tmp)} \
	LIFTGRAPH_REQUIRE_NEO4J=1 LIFTGRAPH_SOAK=1 LIFTGRAPH_KILLS=$(ROUNDS) go test -v -timeout 24h -run 'Kill|FailsOnce' ./cmd/liftgraph ./cmd/liftgraph/pipeline ./ingest/live
	$(MAKE) fuzz

soak-scale: ## accounts of SCALE runs, with ten times the CloudTrail events, through every command: peak memory, CPU time, disk
	@./fixtures/neo4j/install.sh > /dev/null
	LIFTGRAPH_REQUIRE_NEO4J=1 LIFTGRAPH_SCALE=$(SCALE) go test -timeout 24h -v -run '^TestScale$$' ./cmd/liftgraph

lint: $(LINT) ## vet and golangci-lint
	go vet ./...
	$(LINT) run

$(LINT):
	@mkdir -p $(@D)
	GOBIN=$(CACHE)/gobin go install $(GOLANGCI_LINT)
	mv $(CACHE)/gobin/golangci-lint $@

vuln: ## known vulnerabilities in what the program calls, where their database can be reached (GOVULNDB)
	@curl -sf -m 10 -o /dev/null $(VULNDB)/index/db.json || { echo "skipped: the database of vulnerabilities, $(VULNDB), can't be reached; GOVULNDB names another one"; exit 0; }; \
	go run $(GOVULNCHECK) -db $(VULNDB) ./...

fuzz: ## each fuzz target for FUZZTIME
	@go list ./... | while read -r p; do \
		go test -list '^Fuzz' $$p | grep '^Fuzz' | while read -r f; do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$p || exit 1; \
		done || exit 1; done

bench: ## each benchmark once
	go test -run '^$$' -bench . -benchtime 1x $(BENCHMARKED)

release: ## static binaries, archives, checksums, components, a container image and the chart into dist/
	cd deploy/release && go run . $(if $(VERSION),-version $(VERSION))

test-release: ## a release for this machine's architecture is built twice and equal; its image is unpacked and run
	cd deploy/release && go test -short -timeout 30m ./...

test-release-cold: ## the same, the second time without a build cache, which takes minutes
	cd deploy/release && go test -timeout 30m ./...

test-chart: ## Helm lints and renders the chart, and what it makes is compared with the CronJob beside it
	cd deploy/helm && go test ./...

test-alerts: ## Prometheus evaluates the alerts on given series: each fires when it should, and not otherwise
	cd deploy/prometheus && go test ./...

docs: ## write the pages that are printed from the program
	go test ./cmd/liftgraph -run 'TestPrintedPagesAreFresh|TestPictureIsFresh|TestDashboardIsFresh' -update

clean: ## remove what the other targets built here
	rm -rf bin dist

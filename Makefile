.DEFAULT_GOAL := help
SHELL := /bin/bash
ifneq ($(words $(CURDIR)),1)
$(error the path of this folder has a space in it, which make cannot handle: move it)
endif

# Every module of the repository: those of go.work, and programs that need versions of their own.
MODULES := $(shell GOWORK=$(CURDIR)/go.work go list -m -f '{{.Dir}}' 2>/dev/null) $(CURDIR)/tools/collector $(CURDIR)/tools/ferretdb
BIN := $(CURDIR)/.bin
FUZZTIME ?= 30s
# Each module is built and tested alone, as its users get it.
export GOWORK := off
# The race detector needs cgo, and so a C compiler.
RACE := $(shell command -v $$(go env CC) >/dev/null 2>&1 && [ "$$(go env GOOS)/$$(go env GOARCH)" != linux/386 ] && echo -race)

# The programs of the stack that are built here.
STACK := $(addprefix $(BIN)/,collector prometheus promtool loki)

.PHONY: help run stack demo test unit prove lint vet generate tidy bench load fuzz clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(BIN)/mario-pizzeria $(BIN)/neuroglia ## build and start Mario's Pizzeria on http://127.0.0.1:8080
	@$(BIN)/mario-pizzeria

stack: $(STACK) $(BIN)/stack $(BIN)/neuroglia ## run Collector, Prometheus and Loki, and Tempo and Grafana if they are on the PATH, without Docker
	@$(BIN)/stack

demo: $(STACK) $(BIN)/stack $(BIN)/mario-pizzeria $(BIN)/neuroglia ## the stack, Mario's Pizzeria and traffic for it: RATE (5/s), CHAOS (0.05)
	@$(BIN)/stack -demo

test: ## everything that must hold: vet, the tests of all modules, lint
	@$(MAKE) --no-print-directory --keep-going vet unit lint

unit: $(BIN)/mario-pizzeria $(BIN)/ferretdb $(STACK) ## the tests of all modules, with the race detector where there is a C compiler
	@failed=; for module in $(MODULES); do \
		echo "== test $${module#$(CURDIR)/}"; (cd $$module && CGO_ENABLED=$(if $(RACE),1,0) go test $(RACE) -shuffle=on -timeout 20m ./...) || failed=1; \
	done; [ -z "$$failed" ]

vet: ## go vet on all modules
	@for module in $(MODULES); do (cd $$module && go vet ./...) || exit 1; done

prove: $(BIN)/mario-pizzeria $(STACK) ## that dashboards, alerts and links show what the pizzeria emits; a part of unit
	@cd stack && go test -count=1 ./prove

lint: $(BIN)/golangci-lint ## golangci-lint on all modules; FIX=1 formats the code before
	@failed=; for module in $(MODULES); do \
		echo "== lint $${module#$(CURDIR)/}"; cd $$module || exit 1; \
		[ -z "$(FIX)" ] || $(BIN)/golangci-lint fmt --config $(CURDIR)/.golangci.yml ./... || failed=1; \
		$(BIN)/golangci-lint run --config $(CURDIR)/.golangci.yml ./... || failed=1; \
	done; [ -z "$$failed" ]

generate: ## dashboards, rules and the catalogue of telemetry, from what the code declares
	@go run ./telemetry/registry/generate
	@cd dashboards && go run ./generate $(CURDIR)/deployment

# Not in tools/prometheus: tidy wants the modules of every build tag, and one of them is not to be had.
tidy: ## go mod tidy on all modules
	@for module in $(MODULES) $(CURDIR)/tools $(CURDIR)/tools/loki; do (cd $$module && go mod tidy) || exit 1; done

bench: ## what telemetry costs, beside the same written by hand, into docs/performance.md; BENCH=messaging for outbox and bus
ifeq ($(BENCH),messaging)
	@cd benchmarks/messaging && for i in 1 2 3 4 5 6; do go test -run '^$$' -bench . -benchtime 1000x || exit 1; done
else
	@cd benchmarks && go run ./report && go run ./order
endif

load: $(BIN)/collector ## the sample under load, in ten minutes; LOAD has flags, such as LOAD="-rounds 1 -duration 2s", or -help
	@cd benchmarks/load && go run . $(LOAD)

fuzz: ## fuzz everything that parses, FUZZTIME (30s) each
	@for module in $(MODULES); do cd $$module || exit 1; for dir in $$(go list -f '{{.Dir}}' ./...); do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9]+' $$dir/*_test.go 2>/dev/null | cut -c6-); do \
			echo "== fuzz $${dir#$(CURDIR)/} $$target"; go test $$dir -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done; done

clean: ## remove what was built and stored, the orders of make run and the telemetry of make stack too
	rm -rf $(BIN) data .stack

$(BIN)/mario-pizzeria: FORCE
	@cd samples/mario-pizzeria && go build -o $@ .

# What the stack runs is built when its versions change.
$(BIN)/collector: $(wildcard tools/collector/go.* tools/collector/*.go)
	@echo "building the collector, which takes minutes the first time"
	@cd tools/collector && CGO_ENABLED=0 go build -o $@ .

$(BIN)/prometheus $(BIN)/promtool: $(BIN)/%: $(wildcard tools/prometheus/go.*)
	@echo "building $*, which takes minutes the first time"
	@cd tools/prometheus && CGO_ENABLED=0 go build -tags remove_all_sd -o $@ github.com/prometheus/prometheus/cmd/$*

$(BIN)/loki: $(wildcard tools/loki/go.*)
	@echo "building loki, which takes many minutes the first time"
	@cd tools/loki && CGO_ENABLED=0 go build -o $@ github.com/grafana/loki/v3/cmd/loki

# A server that speaks MongoDB's protocol, for tests.
$(BIN)/ferretdb: $(wildcard tools/ferretdb/go.* tools/ferretdb/*.go)
	@echo "building ferretdb, which takes some minutes the first time"
	@cd tools/ferretdb && CGO_ENABLED=0 go build -tags ferretdb_no_postgresql,ferretdb_no_mysql -o $@ .

$(BIN)/neuroglia: FORCE
	@cd cmd/neuroglia && go build -o $@ .

$(BIN)/stack: FORCE
	@cd stack && go build -o $@ ./cmd/stack

$(BIN)/golangci-lint: tools/go.mod tools/go.sum
	@echo "building golangci-lint, which takes some minutes the first time"
	@cd tools && go build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

FORCE:

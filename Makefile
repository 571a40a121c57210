# The commands of this package: `make` lists them. What each needs beside Swift, `.ci/setup` installs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test unit schemas interop examples conformance-testee conformance generate golden format check
.PHONY: build clean setup fuzz bench bench-setup bench-publish bench-messages bench-gate bench-baseline bench-code soak

SOURCES := Package.swift Sources Plugin Runtime Tests
PYTHON := .venv/bin/python
# The protos of protobuf's conformance suite. They are read when they are there, and are no part of this repository.
CONFORMANCE_PROTOS ?= ../shared/conformance

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r target text; do printf '  make %-18s %s\n' "$$target" "$$text"; done

demo: ## From a .proto file to running calls: generate, build, serve, call all four kinds
	@.ci/setup build
	@.ci/demo

test: setup unit schemas interop examples conformance ## Run all tests: the package's own, extreme schemas, other implementations, examples, conformance
	@echo "test: all passed"

build: ## Build the plugin, the runtime, the programs and the tests
	@.ci/setup build
	swift build --build-tests

setup:
	@.ci/setup test

unit: setup ## Run the package's own tests (debug)
	swift build --build-tests
	swift test --skip-build

schemas: setup ## Compile the system's .proto files and extreme ones, send messages of every type through the code
	swift build --product protoc-gen-swiftgrpc
	@$(PYTHON) Tests/SchemaTests/schemas.py

interop: setup ## Run the interoperability cases with grpcio, grpc-go, grpc++, through nginx and HAProxy, plain and TLS, the negative ones, and odd requests
	swift build --product interop-server
	swift build --product interop-client
	@$(MAKE) --no-print-directory -j2 -f Tests/InteropTests/Peers/Makefile
	@$(PYTHON) Tests/InteropTests/matrix.py
	@$(PYTHON) Tests/InteropTests/health.py
	@$(PYTHON) Tests/InteropTests/negative.py
	@$(PYTHON) Tests/InteropTests/odd_requests.py
	@$(PYTHON) Tests/InteropTests/proxies.py

examples: setup ## Build and run the examples, the README's walk, and the etcd client against a real etcd
	@$(PYTHON) Tests/ExamplesTests/examples.py

conformance-testee: setup ## Build .build/conformance-testee, which protobuf's conformance runner tests
	@.ci/conformance-testee $(CONFORMANCE_PROTOS)

conformance: ## Run the cases of protobuf's conformance suite, if its protos are there
	@if [ -d $(CONFORMANCE_PROTOS) ]; then \
	  $(MAKE) --no-print-directory conformance-testee; \
	  $(PYTHON) Tests/Conformance/run.py .build/conformance-testee $(CONFORMANCE_PROTOS); \
	else echo "conformance: skipped, there are no protos in $(CONFORMANCE_PROTOS)"; fi

FUZZ_SECONDS ?= 60
fuzz: ## Fuzz the decoders and the runtime, FUZZ_SECONDS each (60), under the address sanitizer; corpora in .build/fuzz-corpus
	@Tests/Fuzz/fuzz.sh $(FUZZ_SECONDS)

SOAK_SECONDS ?= 600
SOAK_SEED ?= 1
soak: setup ## Call all the time while connections are cut and frozen and a server is killed, SOAK_SECONDS (600); nothing may leak
	swift build -c release --product interop-server
	swift build -c release --product soak-client
	@$(PYTHON) Tests/Soak/soak.py --seconds $(SOAK_SECONDS) --seed $(SOAK_SEED)

BENCH ?= normal
BENCH_ROUNDS ?=
bench: bench-setup ## Measure messages and calls beside other implementations; BENCH=quick, BENCH_ROUNDS=5; into .build/bench
	@Tests/Benchmarks/bench.py --mode $(BENCH) $(if $(BENCH_ROUNDS),--rounds $(BENCH_ROUNDS))

bench-messages: bench-setup ## The part of bench that is about messages
	@Tests/Benchmarks/bench.py --mode $(BENCH) --sections messages

bench-gate: bench-setup ## Count instructions and allocations of a fixed list of operations: none may grow by 2 %
	@Tests/Benchmarks/gate.py

bench-baseline: bench-setup ## Write anew what bench-gate compares with
	@Tests/Benchmarks/gate.py --write

bench-publish: ## Put the results of the last make bench into the README and Tests/Benchmarks/results
	@Tests/Benchmarks/bench.py --publish

bench-setup:
	@.ci/setup bench

bench-code: setup ## Compare size and compile time of generated code with swift-protobuf's
	@$(PYTHON) Tests/Benchmarks/code-size/code_size.py

generate: setup ## Generate all committed code again: descriptors, golden files, interop, examples
	@.ci/generate

golden: generate ## Refresh the golden files of the code generator

format: ## Format the Swift sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

check: setup ## What a commit must pass: format, generated code fresh, all tests
	swift format lint --strict --parallel --recursive $(SOURCES)
	@.ci/generate --check
	@$(MAKE) --no-print-directory test

clean: ## Remove everything that was built or installed into this folder
	rm -rf .build .venv Sources/Examples/.build Tests/Conformance/.build Tests/Conformance/conformance-testee/Generated \
	  Tests/Benchmarks/Messages/*/Generated Tests/Benchmarks/calls/*/*/Generated

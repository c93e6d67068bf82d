# The commands of this repository. Portable to GNU make 3.81, bash 3.2 and BSD tools; anything cleverer is Go.
#
#   make synth CONFIG=path/to/storeship.yaml OUT=cdk.out
#   make synth SCOPE=catalog IMAGE=sha256:…      one pipeline with its stages, and the image that it releases

CONFIG ?= examples/retail-store/storeship.yaml
OUT    ?= cdk.out
SCOPE  ?=
IMAGE  ?=
JOBS   ?=

# jsii starts the first node on the PATH: the one of package-lock.json, whatever the machine has.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

NODE     := node_modules/.package-lock.json
# The AWS SDK that Lambda's Node.js has, for the tests of what runs there.
SDK      := constructs/internal/checks/testdata/sdk
SYNTH    := -config "$(CONFIG)" -out "$(OUT)" $(if $(SCOPE),-scope "$(SCOPE)") $(if $(IMAGE),-image "$(IMAGE)") $(if $(JOBS),-jobs $(JOBS))
BINDINGS := github.com/aws/aws-cdk-go/awscdk/v2
# Without VCS stamping a build needs no git, and a commit alone does not change the binary.
BUILD    := go build -buildvcs=false
LINT     := go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint
EXAMPLES := $(patsubst %/go.mod,%,$(wildcard examples/*/go.mod))
TESTED   := . $(patsubst %/go.mod,%,$(wildcard test/go.mod)) $(EXAMPLES)
# Most are parts of a build's script: a variable may come from another part (SC2154); the tests run them under set -u.
SCRIPTS  := $(shell find apps constructs internal stacks test -name node_modules -prune -o -name '*.sh' -print 2>/dev/null)
GODIRS   := $(wildcard *.go apps constructs examples internal stacks test)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help synth fast right validate ready test test-tools test-scanners check format lint tidy current scripts golden bench clean

help: ## Show this page
	@echo "make TARGET [CONFIG=$(CONFIG)] [OUT=$(OUT)] [SCOPE=service] [IMAGE=sha256:…]"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

synth: right ready ## Synthesize CONFIG into OUT, with strict validation of every template
	@bin/storeship synth $(SYNTH)

fast: right ready ## Synthesize CONFIG into OUT without validation, for the edit loop
	@bin/storeship synth -strict=false $(SYNTH)

validate: bin/storeship ## Check CONFIG only, in milliseconds
	@bin/storeship validate -config "$(CONFIG)"

# What is wrong is said before anything is installed or built; warnings are the synth's to say.
right: bin/storeship
	@bin/storeship validate -quiet -config "$(CONFIG)"

.PHONY: bin/storeship
bin/storeship:
	@$(BUILD) -o $@ ./apps/storeship

# The app itself is built by the synth, as cdk.json says.
ready: $(NODE)
	@[ bin/storefront -nt go.mod ] || GOPROXY=off go list -f '{{.Stale}}' $(BINDINGS) 2>/dev/null | grep -q false || \
	  echo "building the CDK app; the first build compiles the AWS bindings: 1 to 3 minutes, about 2 GB of disk for the Go and npm caches"

# npm writes this file last. Install scripts are off; Node comes as a plain file in a package of its own.
$(NODE): package.json package-lock.json
	@echo "installing the CDK CLI and Node from package-lock.json"
	@npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
	@[ -x node_modules/.bin/node ] || echo "no Node package for this platform; using $$(node --version) of the PATH" >&2
	@touch $@

$(SDK)/$(NODE): $(SDK)/package.json $(SDK)/package-lock.json
	@echo "installing the AWS SDK of the tests from its package-lock.json"
	@cd $(SDK) && npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
	@touch $@

test: $(NODE) $(SDK)/$(NODE) ## Run every test that needs no more than Go, npm and make
	@failed=""; for m in $(TESTED); do echo "go test ./... in $$m"; (cd $$m && go test -timeout 20m ./...) || failed="$$failed $$m"; done; \
	  [ -z "$$failed" ] || { echo "failed in:$$failed" >&2; exit 1; }

test-tools: $(NODE) ## Run the tests that need more: shellcheck over every script, and the reviewer's page in a headless Chromium
	@command -v shellcheck >/dev/null || { echo "shellcheck is not on the PATH; install it (Debian: apt-get install shellcheck, macOS: brew install shellcheck)" >&2; exit 1; }
	shellcheck .ci/run
	shellcheck --shell=bash --exclude=SC2154 $(SCRIPTS)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "Chromium is not on the PATH; install it (Debian: apt-get install chromium)" >&2; exit 1; }
	cd test && go vet -tags browser ./report && go test -tags browser -run Browser ./report

test-scanners: ## Run the gates' scripts with the real gitleaks and semgrep, and the hooks with pre-commit, which must be on the PATH
	go test -count=1 -timeout 20m -tags scanners -run With ./constructs/build ./internal/precommit

check: format lint tidy current scripts ## Run every check that is no test; with the tests, this is what CI runs

format: ## Check that all Go files are gofmt'ed
	@bad=$$(gofmt -l $(GODIRS)); [ -z "$$bad" ] || { echo "not gofmt'ed; run gofmt -w on:" >&2; echo "$$bad" >&2; exit 1; }

lint: ## Run go vet and golangci-lint
	@failed=""; for m in $(TESTED); do echo "go vet and golangci-lint in $$m"; \
	  (cd $$m && go vet ./... && $(LINT) run --config $(CURDIR)/.golangci.yml ./...) || failed="$$failed $$m"; done; \
	  [ -z "$$failed" ] || { echo "lint findings in:$$failed" >&2; exit 1; }

tidy: ## Check that every go.mod is tidy
	@failed=""; for m in $(TESTED) tools; do (cd $$m && go mod tidy -diff) || failed="$$failed $$m"; done; \
	  [ -z "$$failed" ] || { echo "run go mod tidy in:$$failed" >&2; exit 1; }

current: ## Check that the generated files are current
	@go test -count=1 -run 'Current|Schema' ./internal/... ./apps/storeship/...

scripts: ## Check the syntax of the shell scripts, and that CI can start
	@for f in .ci/run $(SCRIPTS); do bash -n $$f || exit 1; done
	@[ -x .ci/run ] || { echo ".ci/run has no run bit" >&2; exit 1; }

golden: $(NODE) $(SDK)/$(NODE) ## Rewrite the golden files; their diff is part of the review
	@for m in $(TESTED); do (cd $$m && UPDATE_GOLDEN=1 go test -count=1 ./...) || exit 1; done

bench: ready ## Measure seconds, memory and jsii calls of a synth; WRITE=docs renews docs/benchmark.md
	@$(BUILD) -o bin/storefront ./apps/storefront
	@cd test && go run ./cmd/bench $(if $(WRITE),-write "$(CURDIR)/$(WRITE)") $(if $(RUNS),-runs $(RUNS))

clean: ## Remove what the other targets made
	rm -rf bin build cdk.out cdk.out.partial node_modules $(SDK)/node_modules

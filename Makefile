# Satchel. The one prerequisite is Go 1.26; on Debian `make test` installs the rest.
export CGO_ENABLED = 0
FLAGS    = -trimpath -buildvcs=false
FUZZTIME ?= 30s

.PHONY: help build test cross tools lint race fuzz exhaustive bench attacks demo screenshots dist test-corpora

help:
	@echo 'make demo          pack the example collection, verify it and open it'
	@echo 'make test          all tests; installs what they need on Debian'
	@echo 'make lint          gofmt, vet, staticcheck, go mod tidy'
	@echo 'make race          the tests under the race detector'
	@echo 'make fuzz          every fuzz target, for FUZZTIME=30s each'
	@echo 'make exhaustive    every bit of a small bundle turned over, every length cut (an hour)'
	@echo 'make attacks       every attack that we know of, with its test and the result'
	@echo 'make bench         beside zimwriterfs, mksquashfs, kiwix-serve and cp; SECTIONS="pack open"'
	@echo 'make screenshots   each kind of page in each language, into screenshots/'
	@echo 'make test-corpora  the whole path on real corpora'
	@echo 'make build dist    bin/satchel; programs for all systems in dist/'

build:
	go build $(FLAGS) -o bin/satchel ./cmd/satchel

test: tools cross
	.ci/test

tools:
	@.ci/install-tools

# What ships has to build where no test runs, too.
cross:
	@set -e; for p in windows/386 windows/arm64 darwin/arm64 linux/arm64 linux/arm; do \
	  echo "build for $$p"; GOOS=$${p%/*} GOARCH=$${p#*/} go build $(FLAGS) ./...; done
	@echo "build for js/wasm"; GOOS=js GOARCH=wasm go build $(FLAGS) ./bundle/... ./viewer

lint:
	.ci/lint

race: tools
	.ci/install-tools race
	CGO_ENABLED=1 go test -race -short -timeout 30m ./...

fuzz:
	.ci/fuzz $(FUZZTIME)

exhaustive:
	SATCHEL_EXHAUSTIVE=1 go test -count=1 -timeout 6h -v -run '^Test(A02Every|C01Every|A02Large)' ./viewer

attacks: tools
	.ci/attacks

demo: build
	.ci/demo

screenshots: tools build
	.ci/screenshots

bench: build
	examples/bench/bench.sh $(SECTIONS)

test-corpora: build
	examples/bench/corpora.sh
	examples/bench/corpora-test.sh bin/satchel
	SATCHEL_CORPORA="$${XDG_CACHE_HOME:-$$HOME/.cache}/satchel/corpora" go test -count=1 -run '^TestCorpora' -timeout 60m ./bundle/ingest/... ./bundle/search/... ./viewer/server

# The same bytes whoever builds them, and wherever.
dist:
	@set -e; rm -rf dist; mkdir dist; \
	for p in linux/amd64 linux/arm64 linux/arm windows/386 windows/amd64 windows/arm64 darwin/amd64 darwin/arm64; do \
	  os=$${p%/*}; ext=; [ $$os != windows ] || ext=.exe; \
	  GOOS=$$os GOARCH=$${p#*/} go build $(FLAGS) -ldflags='-s -w' -o "dist/satchel-$$os-$${p#*/}$$ext" ./cmd/satchel; done
	cd dist && sha256sum satchel-* >SHA256SUMS && cat SHA256SUMS

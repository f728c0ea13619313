# Everything there is to do with this project; `make help` lists it.
# On a fresh Debian 12 with the Swift 6.3 toolchain, `make demo` and `make test` need nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PACKAGES := libdnnl-dev libssl-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev libarchive-dev dataset-fashion-mnist
DEMO     ?= demo
TUTORIAL ?= .build/tutorial
VAE      := .build/release/vae
SOURCES  := Sources Tests Examples/Sources Examples/Package.swift Benchmarks Package.swift
BUILD    := swift build -c release
TESTING  := -c release -Xswiftc -enable-testing --scratch-path .build/testing

.PHONY: help setup build demo tutorial test test-debug bench lint format docs results clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install the Debian packages that are missing
	@scripts/setup $(PACKAGES)

build: setup ## the program, optimised: .build/release/vae
	$(BUILD) --product vae

demo: build ## learn handwritten digits and show what was learned, in about 4 minutes from a cold clone
	@scripts/demo $(VAE) $(DEMO)

tutorial: build ## the pictures and figures of docs/tutorial, in about 8 minutes with the builds
	swift build -c release --package-path Examples --product tutorial
	@scripts/tutorial $(VAE) Examples/.build/release/tutorial $(TUTORIAL)

test: setup ## all tests, and the example program
	swift build $(TESTING) --build-tests
	swift test $(TESTING) --skip-build
	swift build -c release --package-path Examples
	@scripts/examples "$$(swift build $(TESTING) --show-bin-path)/vae" Examples/.build/release/app

test-debug: setup ## the tests of the numeric modules through the compiler's other path
	swift test --filter 'TensorsTests|NetworksTests'

bench: setup ## ours beside PyTorch, alternately, in a scratch environment
	Benchmarks/run

lint: ## the formatter's rules, and warnings as errors
	swift format lint --strict --recursive $(wildcard $(SOURCES))
	@scripts/check-tree

format: ## put all sources into the project's form
	swift format --in-place --recursive $(wildcard $(SOURCES))

docs: setup ## the library's documentation, as symbol graphs checked for missing comments
	@scripts/docs

results: build ## run again what docs/results says (hours; PARTS="basic fixed" for some)
	@scripts/results $(VAE) $(PARTS)

clean: ## remove what was built
	rm -rf .build Examples/.build Benchmarks/.build $(DEMO)

# Two commands to know: `make audit` looks at this very host, `make test` proves the rest. Both install what is missing.

SWIFT ?= swift
# Small, for the program is copied to every node; measured, -Osize costs no time over -O. The toolchain's lld, which can leave a
# section out by a script.
STATIC = -Xswiftc -static-executable -Xswiftc -Osize -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld \
  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-eh-frame-hdr -Xlinker -T$(CURDIR)/scripts/static.ld -Xlinker -s
VERSION = $(shell sed -n 's/^let plumblineVersion = "\(.*\)"/\1/p' Sources/plumbline/Plumbline.swift)

FUZZ_SECONDS ?= 600
FUZZ_RUNS ?= 1000000

.PHONY: help audit test test-vm test-vm-full test-hostile test-asan test-tsan fuzz setup build release demo deb image generate format lint bench clean

help: ## Say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

audit: release ## Build, and audit this host (a finding is an answer, not a failure of make)
	@dist/plumbline audit || [ $$? -ne 2 ]

test: setup ## Build and run all tests
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	@scripts/test.sh $(SWIFT)

test-vm: ## Compare what the static program says inside a real kernel with AppArmor and a TPM
	@scripts/vm/test-vm.sh dist/plumbline

test-vm-full: ## The same in whole systems: AppArmor, SELinux, TPM 1.2 and none, Secure Boot (minutes)
	@scripts/vm/full.sh

test-hostile: release ## Hold the static program to 5 seconds and 64 MB on hosts that attackers made
	$(SWIFT) build --build-tests
	PLUMBLINE=$(CURDIR)/dist/plumbline $(SWIFT) test --skip-build --filter HostileHostTests

# Optimised: built for debugging, one audit takes minutes under a sanitizer.
SANITIZED = -c release -Xswiftc -enable-testing
ASAN = $(SANITIZED) --sanitize=address --scratch-path .build-asan
TSAN = $(SANITIZED) --sanitize=thread --scratch-path .build-tsan -Xlinker $(CURDIR)/.build-tsan/mutex.o

# Leaks are not looked for: what lives until the end of a program is not given back.
test-asan: setup ## Run the tests under AddressSanitizer
	$(SWIFT) build --build-tests $(ASAN)
	PLUMBLINE_SANITIZER=address ASAN_OPTIONS=detect_leaks=0 scripts/test.sh $(SWIFT) $(ASAN)

test-tsan: setup ## Run the tests under ThreadSanitizer
	@mkdir -p .build-tsan
	clang -Wall -D_GNU_SOURCE -O1 -c scripts/tsan-mutex.c -o .build-tsan/mutex.o
	$(SWIFT) build --build-tests $(TSAN)
	PLUMBLINE_SANITIZER=thread scripts/test.sh $(SWIFT) $(TSAN)

fuzz: setup ## Fuzz all readers, FUZZ_SECONDS or FUZZ_RUNS each, or the one named by TARGET
	scripts/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_RUNS) $(TARGET)

setup: ## Install the C libraries, where they are missing
	@scripts/setup.sh

build: setup ## Build for debugging
	$(SWIFT) build

release: setup ## Leave the stripped programs in dist/: those of the node static, the fleet's with SQLite's and C's libraries shared
	$(SWIFT) build -c release --product plumbline $(STATIC)
	$(SWIFT) build -c release --product plumbline-relay $(STATIC)
	$(SWIFT) build -c release --product plumbline-fleet --static-swift-stdlib -Xlinker -s --scratch-path .build/fleet
	@mkdir -p dist
	@cp .build/release/plumbline .build/release/plumbline-relay .build/fleet/release/plumbline-fleet dist/
	@ls -l dist/plumbline dist/plumbline-relay dist/plumbline-fleet | awk '{printf "%s: %.1f MB\n", $$9, $$5 / 1e6}'

demo: setup ## Make up a fleet, take its reports, and show it on loopback (DEMO_NODES, DEMO_PORT)
	$(SWIFT) build --product plumbline-fleet
	@scripts/demo.sh .build/debug/plumbline-fleet .build/demo

deb: release ## Make a Debian package of the static programs
	@scripts/make-deb.sh $(VERSION)

image: release ## Make an OCI image of the static programs, by buildah
	@scripts/make-image.sh $(VERSION)

generate: ## Make again what is made from the code and the profiles
	scripts/generate.sh

format: ## Format all Swift code
	$(SWIFT) format -i --recursive Package.swift Sources Tests Benchmarks

lint: ## Check the format and the rules that no compiler checks
	scripts/lint.sh

bench: setup ## Run the benchmarks
	cd Benchmarks && $(SWIFT) package benchmark

clean: ## Remove what was built
	rm -rf .build dist Benchmarks/.build

# make demo   the main job: the example challenge from data to leaderboard
# make test   all tests
# Both install the Debian packages they need, build, and do their job.

PACKAGES = bubblewrap libblosc-dev libopenblas-dev libpng-dev libsodium-dev libsqlite3-dev libtiff-dev libzip-dev libzstd-dev \
	pkg-config python3 python3-pip util-linux zlib1g-dev
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)
BUILD = swift build -c release
BIN = .build/release
EXAMPLE = Challenges/nuclei

.PHONY: demo test build data packages lint format bench-streaming

demo: build data
	$(BIN)/concours demo

test: packages data
	$(BUILD) --build-tests
	swift test -c release --skip-build

build: packages
	$(BUILD)

data: packages
	@python3 $(EXAMPLE)/prepare.py
	@python3 $(EXAMPLE)/submissions/simulate_errors.py

# Asks apt only for what is missing, so that a machine that has everything needs no network and no rights.
packages:
	@missing=$$(for p in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    echo "Installing:" $$missing; \
	    $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests web

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests web

# 20,000 x 20,000 pixels through the example's U-Net: the peak of memory, and the same bytes after a kill. Takes hours.
bench-streaming: build
	python3 Tests/Benchmarks/streaming.py --side 20000 --memory 256MiB --kill

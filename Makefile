# make demo   the main job: the example challenge from data to leaderboard
# make test   all tests
# make bench-inference   our inference against onnxruntime and OpenVINO, one thread each
# make bench-memory   what a run is planned to hold, operator by operator, beside what it was measured to hold
# make onnx-tests   ONNX's own backend tests (PyPI onnx 1.22.0) against the core: the operators of segmentation networks, then all
# make fuzz   the readers of submitted files under libFuzzer, FUZZ_SECONDS each
# All install the Debian packages they need, build, and do their job.

PACKAGES = bubblewrap libblosc-dev libbz2-dev liblz4-dev libopenblas-dev libpng-dev libsodium-dev libsqlite3-dev libtiff-dev libzip-dev libzstd-dev \
	pkg-config python3 python3-pip util-linux zlib1g-dev
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)
BUILD = swift build -c release
BIN = .build/release
EXAMPLE = Challenges/nuclei
FUZZ_SECONDS = 20
FUZZING = Tests/Fuzzing

.PHONY: demo test build data packages fuzz lint format bench-inference bench-streaming onnx-tests bench-memory

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

BENCH = .build/benchmarks
BENCH_WHEELS = numpy==2.4.6 onnx==1.22.0 onnxruntime==1.32.0 openvino==2026.4.1

bench-inference: build
	@test -d $(BENCH)/python || python3 -m pip install -q --target $(BENCH)/python $(BENCH_WHEELS)
	PYTHONPATH=$(BENCH)/python python3 Tests/Benchmarks/inference.py --program $(BIN)/concours --folder $(BENCH)

# What a run is planned to hold, operator by operator, beside what it was measured to hold.
bench-memory: build
	@test -d $(BENCH)/python || python3 -m pip install -q --target $(BENCH)/python $(BENCH_WHEELS)
	PYTHONPATH=$(BENCH)/python python3 Tests/Benchmarks/memory.py

ONNX_TESTS = .venv/onnx/onnx/backend/test/data

# The tests are files of the Python package; the core uses nothing of it. Each ends with "N of M passed"; of the second tier exactly
# the tests in onnx_exceptions.txt do not pass.
onnx-tests: build
	@test -d $(ONNX_TESTS) || python3 -m pip install -q --no-deps --target .venv/onnx onnx==1.22.0
	$(BIN)/concours model onnx-test --list Tests/Oracles/onnx_v1.txt $(ONNX_TESTS) > .venv/onnx/report.txt; status=$$?; \
	    grep -v "^passed" .venv/onnx/report.txt; exit $$status
	$(BIN)/concours model onnx-test --list Tests/Oracles/onnx_v2.txt --exceptions Tests/Oracles/onnx_exceptions.txt $(ONNX_TESTS) \
	    > .venv/onnx/report.txt; status=$$?; grep -v '^passed' .venv/onnx/report.txt; exit $$status

# First every hostile model by itself, within a second and 100 MiB above what the reader has without one; then each reader on a growing
# corpus. What makes a reader fail is left in $(FUZZING)/.found. Optimised, since these limits are those of what is delivered.
fuzz: packages
	python3 $(FUZZING)/make_corpus.py
	swift build --package-path $(FUZZING) --sanitize fuzzer -Xswiftc -O --product Fuzz
	python3 $(FUZZING)/run.py --seconds $(FUZZ_SECONDS) $(FUZZING)/.build/debug/Fuzz

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests web

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests web

# 20,000 x 20,000 pixels through the example's U-Net: the peak of memory, and the same bytes after a kill. Takes about
# half an hour on two cores.
bench-streaming: build
	python3 Tests/Benchmarks/streaming.py --side 20000 --memory 256MiB --kill

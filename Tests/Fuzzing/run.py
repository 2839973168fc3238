"""Runs the fuzzers: first each hostile model by itself under limits, then every reader for a bounded time.

Needs: Python 3.9, Linux; the corpus of make_corpus.py and the program Fuzz.  Run: python3 run.py [--seconds 20] [--only onnx] FUZZ
Ends with status 1 if a reader crashed, hung or took too much memory; the inputs are then in .found.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
parser = argparse.ArgumentParser()
parser.add_argument("--seconds", type=int, default=20)
parser.add_argument("--only")
parser.add_argument("fuzz", type=pathlib.Path)
options = parser.parse_args()
found = here / ".found"
found.mkdir(exist_ok=True)
failures = []


def single(path, seconds):
    """Reads one file, a description if its name says so and a network else; CPU seconds, peak memory in KiB, and the exit status."""
    command = [str(options.fuzz.resolve()), f"-timeout={seconds}", "-rss_limit_mb=4096", str(path)]
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.chdir(found)
        os.execve(command[0], command, {**os.environ, "CONCOURS_FUZZ": "yaml" if path.name.startswith("yaml-") else "onnx"})
    _, status, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss, status


if options.only in (None, "hostile"):
    with tempfile.NamedTemporaryFile() as nothing:
        idle_seconds, idle_memory, _ = single(pathlib.Path(nothing.name), 5)
    for path in sorted((here / ".corpus" / "hostile").iterdir()):
        seconds, memory, status = single(path.resolve(), 5)
        seconds, memory = max(0.0, seconds - idle_seconds), max(0.0, (memory - idle_memory) / 1024)
        isFine = status == 0 and seconds <= 1 and memory <= 100
        print(f"{path.name}: {seconds:.2f} s, {memory:.0f} MiB{'' if isFine else '  FAILED'}")
        if not isFine:
            failures.append(path.name)

for target in ("onnx", "yaml", "npy", "tiff", "png"):
    if options.only not in (None, target):
        continue
    work = here / ".corpus" / f"{target}-grown"
    work.mkdir(exist_ok=True)
    command = [
        str(options.fuzz.resolve()), f"-max_total_time={options.seconds}", "-timeout=25", "-rss_limit_mb=1024", "-max_len=20000",
        "-print_final_stats=1", f"-artifact_prefix={found.resolve()}/{target}-", str(work.resolve()),
        str((here / ".corpus" / target).resolve()),
    ]
    result = subprocess.run(command, env={**os.environ, "CONCOURS_FUZZ": target}, capture_output=True, text=True, errors="replace")
    units = re.search(r"number_of_executed_units:\s*(\d+)", result.stderr)
    coverage = re.findall(r"cov: (\d+)", result.stderr)
    print(f"{target}: {units.group(1) if units else '?'} inputs, {coverage[-1] if coverage else '?'} places reached"
          f"{'' if result.returncode == 0 else '  FAILED'}", flush=True)
    if result.returncode != 0:
        failures.append(target)
        print(result.stderr[-3000:])
sys.exit(1 if failures else 0)

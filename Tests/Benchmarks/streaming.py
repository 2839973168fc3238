"""A large image through the example's U-Net under a bound of memory: measured peak, and the same bytes after a kill.

    python3 Tests/Benchmarks/streaming.py [--side 20000] [--memory 256MiB] [--kill] [--labels] [--runner .build/release/concours-runner]

Makes a uint16 OME-Zarr 0.4 of side x side with uncompressed chunks of 512 x 512: nuclei-like discs, and every fifth block of chunks
absent. Needs nothing but Python's standard library. Nothing here asserts a time or a size; it prints what was measured.
"""
import argparse
import array
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CHUNK = 512
root = pathlib.Path(__file__).resolve().parents[2]


def make_image(folder: pathlib.Path, side: int) -> None:
    """Writes the image; a few different chunks are made once and linked to their places by copying."""
    level = folder / "0"
    level.mkdir(parents=True)
    scale = [{"type": "scale", "scale": [1.0, 1.0]}]
    axes = [{"name": a, "type": "space"} for a in "yx"]
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    (folder / ".zattrs").write_text(json.dumps(
        {"multiscales": [{"version": "0.4", "axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}]}))
    (level / ".zarray").write_text(json.dumps({
        "zarr_format": 2, "shape": [side, side], "chunks": [CHUNK, CHUNK], "dtype": "<u2", "fill_value": 100, "order": "C",
        "filters": None, "dimension_separator": "/", "compressor": None}))
    chunks = [make_chunk(seed) for seed in range(8)]
    count = (side - 1) // CHUNK + 1
    for row in range(count):
        (level / str(row)).mkdir()
        for column in range(count):
            if (row // 2 + column // 2) % 5 != 4:
                (level / str(row) / str(column)).write_bytes(chunks[(row * 3 + column) % len(chunks)])


def make_chunk(seed: int) -> bytes:
    rng = random.Random(seed)
    values = array.array("H", (rng.randrange(90, 160) for _ in range(CHUNK * CHUNK)))
    for _ in range(90):
        cy, cx, radius, light = rng.randrange(CHUNK), rng.randrange(CHUNK), rng.randrange(7, 15), rng.randrange(600, 3000)
        for y in range(max(0, cy - radius), min(CHUNK, cy + radius + 1)):
            for x in range(max(0, cx - radius), min(CHUNK, cx + radius + 1)):
                if (y - cy) ** 2 + (x - cx) ** 2 <= radius ** 2:
                    values[y * CHUNK + x] += light
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def start(options, image, output, report):
    command = [options.runner, "run-model", "--package", str(root / "Challenges/nuclei/submissions/unet"), "--input", str(image),
               "--output", str(output), "--report", str(report), "--memory", str(size(options.memory)), "--threads", str(options.threads)]
    return subprocess.Popen(command + (["--labels"] if options.labels else []))


def size(text: str) -> int:
    return int(text[:-3]) << {"KiB": 10, "MiB": 20, "GiB": 30}[text[-3:]]


def finished(journal: bytes) -> int:
    """The tiles that a journal names: the lines that begin with a number."""
    return sum(line[:1].isdigit() for line in journal.split(b"\n"))


def run(options, image, output, report, kill_after=None):
    """Runs to the end, or kills the run when its journal names this many finished tiles; returns its report."""
    process = start(options, image, output, report)
    journal = pathlib.Path(str(output) + ".part/journal")
    while kill_after is not None and process.poll() is None:
        if journal.exists() and finished(journal.read_bytes()) >= kill_after:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return None
        time.sleep(0.2)
    if process.wait() != 0:
        sys.exit(f"the run ended with {process.returncode}")
    return json.loads(report.read_text())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=20000)
    parser.add_argument("--memory", default="256MiB")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--kill", action="store_true", help="kill a second run in the middle, start it again, compare the bytes")
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--runner", default=str(root / ".build/release/concours-runner"))
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="concours-streaming-"))
    try:
        image = folder / "image.zarr"
        make_image(image, options.side)
        begin = time.monotonic()
        report = run(options, image, folder / "result.tif", folder / "report.json")
        print(json.dumps({
            "side": options.side, "memory": options.memory, "peakMiB": report["peakMemoryBytes"] >> 20, "tiles": report["tiles"],
            "window": report["largestWindow"], "isExact": report["isExact"], "objects": report.get("objects"),
            "wallSeconds": round(time.monotonic() - begin, 1)}), flush=True)
        if options.kill:
            again = folder / "again.tif"
            run(options, image, again, folder / "report.json", kill_after=report["tiles"] // 2)
            resumed = run(options, image, again, folder / "report.json")
            same = subprocess.run(["cmp", str(folder / "result.tif"), str(again)]).returncode == 0
            print(json.dumps({"resumedTiles": resumed["resumedTiles"], "sameBytes": same}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

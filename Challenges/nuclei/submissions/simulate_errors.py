#!/usr/bin/env python3
"""Make the submission `simulated-errors` from the truth of the hidden split: what do the metrics answer to known mistakes?

Each case has one kind of error, in turn: every third nucleus missed; every second one split in two along its longer side;
neighbours merged that touch or nearly touch; all nuclei shifted by three pixels to the right and down. Plain Python.
"""
import csv
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "test"
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "otsu"))
import images  # noqa: E402


def read_labels(path):
    """The TIFF that prepare.py writes: pixels from byte 8 on, the extents in the first two tags."""
    data = path.read_bytes()
    ifd, = struct.unpack_from("<I", data, 4)
    width, height = (struct.unpack_from("<I", data, ifd + 2 + 12 * i + 8)[0] for i in range(2))
    return [list(struct.unpack_from("<%dH" % width, data, 8 + 2 * width * y)) for y in range(height)]


def missed(rows):
    return [[0 if v % 3 == 0 else v for v in row] for row in rows]


def split(rows):
    places = {}
    for y, row in enumerate(rows):
        for x, v in enumerate(row):
            if v and v % 2 == 0:
                places.setdefault(v, []).append((y, x))
    new = max(map(max, rows))
    for v, pixels in places.items():
        spans = [max(p[axis] for p in pixels) - min(p[axis] for p in pixels) for axis in (0, 1)]
        axis = spans.index(max(spans))
        middle = sorted(p[axis] for p in pixels)[len(pixels) // 2]
        new += 1
        for y, x in pixels:
            if (y, x)[axis] >= middle:
                rows[y][x] = new
    return rows


def merged(rows):
    into = {}
    for y, row in enumerate(rows):
        for x, v in enumerate(row):
            for dy, dx in ((0, 1), (0, 2), (1, 0), (2, 0)):
                if v and y + dy < len(rows) and x + dx < len(row):
                    w = rows[y + dy][x + dx]
                    if w and w != v and into.get(w, w) != into.get(v, v):
                        old, kept = into.get(w, w), into.get(v, v)
                        into = {k: kept if n == old else n for k, n in into.items()} | {old: kept, w: kept}
    return [[into.get(v, v) for v in row] for row in rows]


def shifted(rows):
    width = len(rows[0])
    return [[0] * width for _ in range(3)] + [[0] * 3 + row[:-3] for row in rows[:-3]]


def main():
    with open(DATA / "cases.csv", newline="") as file:
        cases = sorted(csv.DictReader(file), key=lambda case: case["id"])
    for index, case in enumerate(cases):
        change = (missed, split, merged, shifted)[index % 4]
        images.write_labels(HERE / "simulated-errors" / (case["id"] + ".tif"), change(read_labels(DATA / case["truth"])))
    print(f"{len(cases)} predictions with simulated errors")


if __name__ == "__main__":
    main()

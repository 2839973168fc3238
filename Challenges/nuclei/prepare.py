#!/usr/bin/env python3
"""Make the data of the challenge: real fluorescence nuclei, cut into cases with a practice and a hidden split.

The image and its annotation come with the PyPI package stardist 0.9.2 (BSD-3-Clause; img2d.tif and mask2d.tif, 512 x 512,
183 nuclei), which is downloaded once, checked against the SHA-256 below and never installed. Plain Python, no packages.

    prepare.py [--wheel FILE] [--out DIR]

Writes data/train and data/test beside this script: images as 16-bit gray PNG, truth as uint16 TIFF, and cases.csv.
The bytes written depend on nothing but the wheel, so that every machine has the same digests.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

PACKAGE = "stardist==0.9.2"
WHEEL = "stardist-0.9.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl"
SHA256 = "2316c0feb7bd5621e7a277cb3868df475c338943c591925c420ee3622c42f023"
# The wheel is read, not run: any machine can take the one of this platform.
PLATFORM = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]

HEIGHT, WIDTH = 128, 120  # of one case
# Columns at which cases begin. Between the splits lies a strip of 32 columns that nobody sees,
# so that no nucleus is in both.
SPLITS = {"train": [0, 120], "test": [272, 392]}
ROWS = [0, 128, 256, 384]


def download(folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--only-binary", ":all:", *PLATFORM, "--dest", folder, PACKAGE], check=True)
    return pathlib.Path(folder) / WHEEL


def read_tiff(data, name):
    """A 512 x 512 uint16 little-endian TIFF without compression, as a list of rows."""
    if data[:4] != b"II*\0":
        raise SystemExit(f"{name}: expected a little-endian TIFF")
    ifd, = struct.unpack_from("<I", data, 4)
    count, = struct.unpack_from("<H", data, ifd)
    tags = {}
    for i in range(count):
        tag, kind, n, value = struct.unpack_from("<HHI4s", data, ifd + 2 + 12 * i)
        size = {3: 2, 4: 4}.get(kind)
        if size is None:
            continue
        where = value if n * size <= 4 else data[struct.unpack("<I", value)[0]:][:n * size]
        tags[tag] = struct.unpack("<%d%s" % (n, "H" if size == 2 else "I"), where[:n * size])
    width, height, bits, compression = (tags[t][0] for t in (256, 257, 258, 259))
    if (width, height, bits, compression) != (512, 512, 16, 1):
        raise SystemExit(f"{name}: expected 512 x 512 x 16 bit without compression, found {(width, height, bits, compression)}")
    pixels = b"".join(data[o:o + n] for o, n in zip(tags[273], tags[279]))
    return [struct.unpack_from("<512H", pixels, 1024 * y) for y in range(512)]


def png16(rows):
    """A 16-bit gray PNG whose bytes do not depend on the zlib at hand: stored blocks, no compression."""
    raw = b"".join(b"\0" + struct.pack(">%dH" % len(row), *row) for row in rows)
    blocks = [raw[i:i + 65535] for i in range(0, len(raw), 65535)]
    body = b"\x78\x01" + b"".join(
        struct.pack("<BHH", i == len(blocks) - 1, len(b), len(b) ^ 0xFFFF) + b for i, b in enumerate(blocks)
    ) + struct.pack(">I", zlib.adler32(raw))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tiff16(rows):
    """A uint16 TIFF: little endian, one strip, no compression."""
    pixels = b"".join(struct.pack("<%dH" % len(row), *row) for row in rows)
    entries = [(256, 4, len(rows[0])), (257, 4, len(rows)), (258, 3, 16), (259, 3, 1), (262, 3, 1), (273, 4, 8),
               (277, 3, 1), (278, 4, len(rows)), (279, 4, len(pixels)), (339, 3, 1)]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in entries) + b"\0\0\0\0"
    return struct.pack("<2sHI", b"II", 42, 8 + len(pixels)) + pixels + ifd


def relabelled(rows):
    """Labels 1 to n in the order in which a reader meets them: the numbers tell nothing about the whole image."""
    names = {0: 0}
    return [[names.setdefault(v, len(names)) for v in row] for row in rows]


def case_id(split, row, column):
    """An id that tells nothing about where the case lies."""
    return "c" + hashlib.sha256(f"nuclei/{split}/{row}/{column}".encode()).hexdigest()[:6]


def write(folder, image, mask):
    for split, columns in SPLITS.items():
        os.makedirs(folder / split)
        cases = []
        for row in ROWS:
            for column in columns:
                name = case_id(split, row, column)
                cut = lambda rows: [r[column:column + WIDTH] for r in rows[row:row + HEIGHT]]
                (folder / split / f"{name}.png").write_bytes(png16(cut(image)))
                (folder / split / f"{name}.truth.tif").write_bytes(tiff16(relabelled(cut(mask))))
                cases.append(f"{name},{name}.png,{name}.truth.tif,{name}")
        (folder / split / "cases.csv").write_text("id,image,truth,group\n" + "\n".join(sorted(cases)) + "\n")


def main():
    here = pathlib.Path(__file__).resolve().parent
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--wheel", type=pathlib.Path, help="the wheel, if it is already on this machine")
    arguments.add_argument("--out", type=pathlib.Path, default=here / "data")
    options = arguments.parse_args()
    if (options.out / "test" / "cases.csv").exists():
        print(f"The data is there: {options.out}")
        return
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out.parent) as temporary:
        wheel = options.wheel or download(temporary)
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != SHA256:
            raise SystemExit(f"{wheel.name}: expected SHA-256 {SHA256}, found {found}")
        with zipfile.ZipFile(wheel) as archive:
            image, mask = (read_tiff(archive.read("stardist/data/images/" + n), n) for n in ("img2d.tif", "mask2d.tif"))
        folder = pathlib.Path(temporary) / "data"
        write(folder, image, mask)
        options.out.mkdir(exist_ok=True)
        for split in SPLITS:
            shutil.move(folder / split, options.out / split)
    print(f"8 practice and 8 hidden cases of {HEIGHT} x {WIDTH} pixels: {options.out}")


if __name__ == "__main__":
    main()

"""Makes Tests/Imaging/Golden: small TIFF, PNG and NPY files, written by other people's libraries, and index.json with what they hold.

    python Tests/Oracles/imaging_golden.py Tests/Imaging/Golden

Pinned: numpy 2.x, tifffile 2026.3.3, imagecodecs 2026.3.6, Pillow (only to check the PNGs that are built here byte by byte).
In index.json each file has either "shape", "axes", "type", "spacing" and "crc" (CRC-32 of the values in C order, little endian, in the
type that our reader returns), or "refused": a piece of the message that our reader must give.
"""

import io
import json
import pathlib
import struct
import sys
import zlib

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

assert tifffile.__version__ == "2026.3.3", tifffile.__version__
assert imagecodecs.__version__ == "2026.3.6", imagecodecs.__version__

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for old in out.iterdir():
    if old.is_file():
        old.unlink()
index = {}

WIDENED = {"bool": "uint8", "int8": "int32", "int16": "int32", "int64": "int32", "uint64": "uint32", "float16": "float32"}


def values(shape, dtype):
    """Numbers without a pattern that a wrong order of bytes, rows or planes would leave unchanged."""
    dtype = np.dtype(dtype)
    n = int(np.prod(shape))
    i = np.arange(n, dtype=np.uint64)
    v = (i * i * 2654435761 + i * 40503 + 12345) >> 3
    if dtype.kind == "f":
        a = (v % 4093).astype(np.float64) / 8 - 200
    elif dtype.kind == "i":
        a = (v % 60000).astype(np.int64) - 30000 if dtype.itemsize > 1 else (v % 256).astype(np.int64) - 128
    elif dtype.kind == "b":
        a = v % 2 == 0
    else:
        a = v % (2 ** min(8 * dtype.itemsize, 32))
    return a.astype(dtype).reshape(shape)


def expect(name, array, axes, spacing=None):
    array = np.asarray(array)
    kind = WIDENED.get(array.dtype.name, array.dtype.name)
    array = np.ascontiguousarray(array.astype(np.dtype(kind).newbyteorder("<")))
    index[name] = {
        "shape": list(array.shape),
        "axes": axes,
        "type": kind,
        "spacing": spacing or {},
        "crc": zlib.crc32(array.tobytes()),
    }


def refuse(name, piece):
    index[name] = {"refused": piece}


def tiff(name, array, axes, spacing=None, check=True, **options):
    options.setdefault("photometric", "minisblack")
    # Nothing but pixels unless a description is asked for.
    if "imagej" not in options and "ome" not in options:
        options.setdefault("metadata", None)
    tifffile.imwrite(out / name, array, software=False, **options)
    if check:
        assert np.array_equal(np.squeeze(tifffile.imread(out / name)), np.squeeze(array)), name
    if axes:
        expect(name, np.squeeze(array), axes, spacing)


# TIFF: types, both byte orders.
for dtype in ["uint8", "uint16", "uint32", "int8", "int16", "int32", "int64", "uint64", "float16", "float32", "float64"]:
    for order, mark in [("<", "le"), (">", "be")]:
        if order == ">" and dtype in ("uint8", "int8", "float16", "int64"):
            continue
        tiff(f"type-{dtype}-{mark}.tif", values((5, 7), dtype), "yx", byteorder=order)

# TIFF: compressions and predictors, strips and tiles. Strips of 5 rows, tiles of 16 that reach over the edge.
for codec in ["lzw", "deflate", "zstd", "packbits"]:
    for dtype in ["uint8", "uint16"]:
        tiff(f"{codec}-{dtype}-strips.tif", values((12, 11), dtype), "yx", compression=codec, rowsperstrip=5)
    tiff(f"{codec}-uint16-tiles.tif", values((17, 18), "uint16"), "yx", compression=codec, tile=(16, 16))
    tiff(f"{codec}-uint16-be.tif", values((12, 11), "uint16"), "yx", compression=codec, byteorder=">")
for codec in ["lzw", "deflate", "zstd"]:
    tiff(f"{codec}-predictor2-uint8.tif", values((12, 11), "uint8"), "yx", compression=codec, predictor=2, rowsperstrip=5)
    tiff(f"{codec}-predictor2-uint16-be.tif", values((12, 11), "uint16"), "yx", compression=codec, predictor=2, byteorder=">")
    tiff(f"{codec}-predictor2-uint32-tiles.tif", values((17, 18), "uint32"), "yx", compression=codec, predictor=2, tile=(16, 16))
    tiff(f"{codec}-predictor3-float32.tif", values((12, 11), "float32"), "yx", compression=codec, predictor=3, rowsperstrip=7)
tiff("deflate-predictor3-float32-be.tif", values((12, 11), "float32"), "yx", compression="deflate", predictor=3, byteorder=">")
tiff("deflate-predictor3-float64-tiles.tif", values((17, 18), "float64"), "yx", compression="deflate", predictor=3, tile=(16, 16))
tiff("uint16-tiles.tif", values((17, 18), "uint16"), "yx", tile=(16, 16))

# TIFF: samples.
for dtype in ["uint8", "uint16"]:
    tiff(f"rgb-chunky-{dtype}.tif", values((5, 9, 3), dtype), "yxc", photometric="rgb")
    tiff(f"rgb-planar-{dtype}.tif", values((3, 5, 9), dtype), "cyx", photometric="rgb", planarconfig="separate")
tiff("rgba-chunky.tif", values((5, 9, 4), "uint8"), "yxc", photometric="rgb", extrasamples=["unassalpha"])
tiff("rgb-chunky-predictor2.tif", values((5, 9, 3), "uint16"), "yxc", photometric="rgb", compression="lzw", predictor=2)
tiff("rgb-chunky-tiles.tif", values((17, 18, 3), "uint8"), "yxc", photometric="rgb", compression="deflate", tile=(16, 16))
tiff("planar-tiles.tif", values((2, 17, 18), "uint16"), "cyx", planarconfig="separate", compression="zstd", tile=(16, 16))
tiff("planar-strips-be.tif", values((2, 9, 7), "float32"), "cyx", planarconfig="separate", rowsperstrip=4, byteorder=">")

# TIFF: pages, BigTIFF, descriptions.
tiff("pages.tif", values((5, 7, 9), "uint16"), "zyx", compression="lzw")
tiff("pages-rgb.tif", values((4, 7, 9, 3), "uint8"), "zyxc", photometric="rgb")
tiff("bigtiff-le.tif", values((3, 7, 9), "uint16"), "zyx", bigtiff=True)
tiff("bigtiff-be.tif", values((3, 7, 9), "uint16"), "zyx", bigtiff=True, byteorder=">", compression="deflate")
tiff("shaped.tif", values((3, 7, 9), "uint8"), "zyx", metadata={})
tiff("shaped-axes.tif", values((2, 3, 3, 4), "uint8"), "tzyx", metadata={"axes": "TZYX"})
tiff("shaped-unnamed.tif", values((2, 3, 3, 4), "uint8"), None, metadata={})
refuse("shaped-unnamed.tif", "without names for its axes")
tiff("shaped-truncated.tif", values((3, 7, 9), "uint8"), None, metadata={}, truncate=True)
refuse("shaped-truncated.tif", "truncate=True")

um = {"x": 0.25, "y": 0.5}
for order, mark in [("<", "le"), (">", "be")]:
    # tifffile takes TZCYX; we return t, c, z, y, x.
    stack = values((2, 3, 2, 3, 4), "uint16")
    tiff(
        f"imagej-{mark}.tif", stack, None, imagej=True, byteorder=order, resolution=(4, 2),
        metadata={"spacing": 1.5, "unit": "um", "axes": "TZCYX"},
    )
    expect(f"imagej-{mark}.tif", stack.transpose(0, 2, 1, 3, 4), "tczyx", {**um, "z": 1.5})
stack = values((3, 3, 4), "float32")
tiff("imagej-z-nm.tif", stack, None, imagej=True, resolution=(1 / 250, 1 / 500), metadata={"spacing": 1500.0, "unit": "nm", "axes": "ZYX"})
expect("imagej-z-nm.tif", stack, "zyx", {**um, "z": 1.5})
tiff("imagej-pixel.tif", values((5, 7), "uint8"), "yx", imagej=True, metadata={"unit": "pixel", "axes": "YX"})
stack = values((4, 3, 5), "uint8")
tiff("imagej-frames.tif", stack, None, imagej=True, metadata={"axes": "TYX", "finterval": 250.0, "tunit": "msec", "fps": 7.0})
expect("imagej-frames.tif", stack, "tyx")
# What ImageJ makes above 4 GB: one directory, planes that only the description counts.
tiff("imagej-contiguous.tif", values((5, 7), "uint8"), None, description="ImageJ=1.53t\nimages=3\nslices=3\n", check=False)
refuse("imagej-contiguous.tif", "images=3")
tiff("imagej-miscounted.tif", values((4, 5, 7), "uint8"), None, description="ImageJ=1.53t\nimages=4\nchannels=3\n", check=False)
refuse("imagej-miscounted.tif", "channels 3")

sizes = {"T": 2, "C": 3, "Z": 2}
for order in ["ZCT", "CZT", "TZC"]:
    # DimensionOrder is fastest first, axes are slowest first.
    axes = order[::-1]
    stack = values([sizes[a] for a in axes] + [3, 4], "uint8")
    metadata = {"axes": axes + "YX", "PhysicalSizeX": 250.0, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.5, "PhysicalSizeZ": 1.5}
    name = f"ome-xy{order.lower()}.ome.tif"
    tiff(name, stack, None, ome=True, metadata=metadata)
    expect(name, stack.transpose([axes.index(a) for a in "TCZ"] + [3, 4]), "tczyx", {**um, "z": 1.5})
with tifffile.TiffWriter(out / "ome-pyramid.ome.tif", ome=True) as writer:
    full = values((32, 32), "uint8")
    writer.write(full, subifds=1, tile=(16, 16), photometric="minisblack", metadata={"axes": "YX"})
    writer.write(full[::2, ::2], subfiletype=1, tile=(16, 16), photometric="minisblack")
expect("ome-pyramid.ome.tif", full, "yx")
with tifffile.TiffWriter(out / "pyramid-in-chain.tif") as writer:
    writer.write(full, photometric="minisblack", metadata=None)
    writer.write(full[::2, ::2], subfiletype=1, photometric="minisblack", metadata=None)
expect("pyramid-in-chain.tif", full, "yx")


def ome(name, xml, array, result=None, refused=None):
    tiff(name, array, None, description=xml, check=False)
    if refused:
        refuse(name, refused)
    else:
        expect(name, result, "zyx")


head = '<?xml version="1.0"?><!-- <Image> --><OME UUID="urn:uuid:a"><Image ID="Image:0">'
pixels = '<Pixels DimensionOrder="XYZCT" Type="uint8" SizeX="6" SizeY="5" SizeZ="3" SizeC="1" SizeT="1">'
tail = "</Pixels></Image></OME>"
planes = values((3, 5, 6), "uint8")
shuffled = "".join(
    f'<TiffData IFD="{ifd}" FirstZ="{z}"><UUID FileName="a.tif">urn:uuid:a</UUID></TiffData>' for ifd, z in [(0, 2), (1, 0), (2, 1)]
)
ome("ome-shuffled.ome.tif", head + pixels + shuffled + tail, planes, result=planes[[1, 2, 0]])
ome("ome-two-images.ome.tif", head + pixels + "</Pixels></Image><Image>" + pixels + tail, planes, refused="2 images")
ome("ome-other-file.ome.tif", head + pixels + shuffled.replace("urn:uuid:a<", "urn:uuid:b<") + tail, planes, refused="other files")
ome("ome-missing-plane.ome.tif", head + pixels + '<TiffData IFD="0" PlaneCount="2"/>' + tail, planes, refused="no page to plane 2")
ome("ome-doctype.ome.tif", "<!DOCTYPE x><OME>" + pixels + tail, planes, refused="document type")

# Resolution tags without a description.
tiff("resolution-cm.tif", values((5, 7), "uint8"), "yx", um, resolution=(40000, 20000), resolutionunit="centimeter")
tiff("resolution-inch.tif", values((5, 7), "uint8"), "yx", resolution=(72, 72), resolutionunit="inch")

# TIFF: black and white, 19 pixels in rows of three bytes. Where 0 is white, the file holds the opposite bits.
mask = values((21, 19), "bool")
for photometric in ["minisblack", "miniswhite"]:
    name = f"bits-{photometric}.tif"
    tiff(name, mask, None, photometric=photometric)
    expect(name, mask if photometric == "minisblack" else ~mask, "yx")
for codec in ["lzw", "deflate", "packbits"]:
    tiff(f"bits-{codec}-strips.tif", mask, "yx", compression=codec, rowsperstrip=5)
    tiff(f"bits-{codec}-tiles.tif", mask, "yx", compression=codec, tile=(16, 16))
tiff("bits-tiles.tif", mask, "yx", tile=(16, 16))
tiff("bits-pages.tif", values((3, 9, 11), "bool"), "zyx")

# TIFF: refused.
tiff("bits-fax.tif", mask, None, check=False)
data = bytearray((out / "bits-fax.tif").read_bytes())
with tifffile.TiffFile(out / "bits-fax.tif") as file:
    place = file.pages[0].tags["Compression"].valueoffset
data[place:place + 2] = struct.pack("<H", 4)
(out / "bits-fax.tif").write_bytes(data)
refuse("bits-fax.tif", "tag 259 (Compression) is 4 (CCITT fax 4)")
tiff("bits-rgb.tif", values((9, 16, 3), "bool"), None, photometric="rgb", check=False)
refuse("bits-rgb.tif", "tag 277 (SamplesPerPixel) is 3 of single bits")
tiff("white.tif", values((5, 9), "uint8"), None, photometric="miniswhite", check=False)
refuse("white.tif", "tag 262 (PhotometricInterpretation) is 0")
tiff("palette.tif", values((5, 9), "uint8"), None, photometric="palette", colormap=values((3, 256), "uint16"), check=False)
refuse("palette.tif", "tag 262 (PhotometricInterpretation) is 3 (palette)")
tiff("jpeg.tif", values((16, 16), "uint8"), None, compression="jpeg", check=False)
refuse("jpeg.tif", "tag 259 (Compression) is 7 (JPEG)")
tiff("lzma.tif", values((16, 16), "uint8"), None, compression="lzma", check=False)
refuse("lzma.tif", "tag 259 (Compression) is 34925 (LZMA)")
tiff("complex.tif", np.zeros((4, 4), "complex64"), None, check=False)
refuse("complex.tif", "tag 339 (SampleFormat) is 6")
with tifffile.TiffWriter(out / "sizes-differ.tif") as writer:
    writer.write(values((5, 7), "uint8"), photometric="minisblack", metadata=None)
    writer.write(values((5, 8), "uint8"), photometric="minisblack", metadata=None)
refuse("sizes-differ.tif", "page 2 is [5, 8]")
tiff("int64-large.tif", np.array([[1, 2**40]], "int64"), None)
refuse("int64-large.tif", "does not fit")


# PNG. imagecodecs writes plain ones; palettes, few bits and interlacing are built here and checked with Pillow.
def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def pack(rows, depth):
    """Unfiltered scanlines of samples (y, x * c)."""
    result = b""
    for row in rows:
        if depth == 16:
            data = row.astype(">u2").tobytes()
        elif depth == 8:
            data = row.astype("u1").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        result += b"\0" + data
    return result


def png(name, samples, color, depth, extra=b"", interlaced=False, behind=b""):
    height, width = samples.shape[:2]
    if interlaced:
        data = b""
        for y, x, dy, dx in [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]:
            part = samples[y::dy, x::dx]
            if part.size:
                data += pack(part.reshape(part.shape[0], -1), depth)
    else:
        data = pack(samples.reshape(height, -1), depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"") + behind
    (out / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def pillow(name):
    return np.asarray(Image.open(out / name))


for dtype in ["uint8", "uint16"]:
    for count, color, label in [(1, 0, "gray"), (2, 4, "gray-alpha"), (3, 2, "rgb"), (4, 6, "rgba")]:
        array = values((5, 9) if count == 1 else (5, 9, count), dtype)
        name = f"{label}-{dtype}.png"
        (out / name).write_bytes(imagecodecs.png_encode(array))
        assert np.array_equal(imagecodecs.png_decode((out / name).read_bytes()), array)
        expect(name, array, "yx" if count == 1 else "yxc")
        name = f"{label}-{dtype}-interlaced.png"
        png(name, array, color, 8 * array.itemsize, interlaced=True)
        assert np.array_equal(imagecodecs.png_decode((out / name).read_bytes()), array)
        expect(name, array, "yx" if count == 1 else "yxc")
for depth in [1, 2, 4]:
    array = values((5, 9), "uint8") % 2**depth
    png(f"gray-{depth}-bit.png", array, 0, depth)
    assert np.array_equal(pillow(f"gray-{depth}-bit.png").astype(int) * (1 if depth == 1 else 2**depth - 1), array.astype(int) * (1 if depth == 1 else 255))
    expect(f"gray-{depth}-bit.png", array, "yx")
    colors = values((2**depth, 3), "uint8")
    png(f"palette-{depth}-bit.png", array, 3, depth, chunk(b"PLTE", colors.tobytes()))
    assert np.array_equal(np.asarray(Image.open(out / f"palette-{depth}-bit.png").convert("RGB")), colors[array])
    expect(f"palette-{depth}-bit.png", colors[array], "yxc")
array = values((5, 9), "uint8") % 200
colors = values((200, 3), "uint8")
alpha = values((150,), "uint8")
png("palette-alpha.png", array, 3, 8, chunk(b"PLTE", colors.tobytes()) + chunk(b"tRNS", alpha.tobytes()), interlaced=True)
rgba = np.concatenate([colors, np.concatenate([alpha, np.full(50, 255, "u1")])[:, None]], axis=1)[array]
assert np.array_equal(np.asarray(Image.open(out / "palette-alpha.png").convert("RGBA")), rgba)
expect("palette-alpha.png", rgba, "yxc")
array = values((5, 9), "uint16") % 300
png("gray-transparent.png", array, 0, 16, chunk(b"tRNS", struct.pack(">H", int(array[4, 5]))))
expect("gray-transparent.png", np.stack([array, np.where(array == array[4, 5], 0, 65535)], -1).astype("uint16"), "yxc")
gray = values((5, 9), "uint8")
png("spacing.png", gray, 0, 8, chunk(b"pHYs", struct.pack(">IIB", 4_000_000, 2_000_000, 1)))
expect("spacing.png", gray, "yx", um)
png("screen.png", gray, 0, 8, chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)))
expect("screen.png", gray, "yx")
png("palette-overrun.png", gray, 3, 8, chunk(b"PLTE", values((16, 3), "uint8").tobytes()))
refuse("palette-overrun.png", "palette")
png("trailing.png", gray, 0, 8, behind=b"PK\3\4")
refuse("trailing.png", "4 bytes follow")
png("animated.png", gray, 0, 8, chunk(b"acTL", struct.pack(">II", 2, 0)))
refuse("animated.png", "animated")
# Metadata that would inflate to 512 KiB: never inflated.
bomb = zlib.compress(bytes(1 << 19), 9)
png("text-bomb.png", gray, 0, 8, chunk(b"zTXt", b"Comment\0\0" + bomb) + chunk(b"iCCP", b"p\0\0" + bomb))
expect("text-bomb.png", gray, "yx")

# NPY.
for dtype in ["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]:
    np.save(out / f"{dtype}.npy", values((3, 5), dtype))
    expect(f"{dtype}.npy", values((3, 5), dtype), "yx")
for dtype in [">u2", ">i4", ">f4", ">f8", ">i8", ">f2"]:
    np.save(out / f"be-{dtype[1:]}.npy", values((3, 5), dtype[1:]).astype(dtype))
    expect(f"be-{dtype[1:]}.npy", values((3, 5), dtype[1:]), "yx")
np.save(out / "fortran.npy", np.asfortranarray(values((3, 4, 5), "uint16")))
expect("fortran.npy", values((3, 4, 5), "uint16"), "zyx")
np.save(out / "fortran-be.npy", np.asfortranarray(values((3, 5), ">f4")))
expect("fortran-be.npy", values((3, 5), "float32"), "yx")
for version in [(2, 0), (3, 0)]:
    with open(out / f"version-{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, values((3, 5), "int32"), version=version)
    expect(f"version-{version[0]}.npy", values((3, 5), "int32"), "yx")
np.save(out / "object.npy", np.array([[{}]], dtype=object), allow_pickle=True)
refuse("object.npy", "pickle")
np.save(out / "structure.npy", np.zeros((2, 2), dtype=[("a", "u1")]))
refuse("structure.npy", "structures")
np.save(out / "complex.npy", np.zeros((2, 2), dtype="complex64"))
refuse("complex.npy", "'<c8'")
np.save(out / "text.npy", np.array([["a"]]))
refuse("text.npy", "'<U1'")
np.save(out / "line.npy", np.zeros(4, "u1"))
refuse("line.npy", "shape [4]")
np.save(out / "large.npy", np.array([[-1, 2**33]], "int64"))
refuse("large.npy", "does not fit")

(out / "index.json").write_text("{\n" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in sorted(index.items())) + "\n}\n")
print(len(index), "files,", sum(p.stat().st_size for p in out.iterdir()), "bytes")

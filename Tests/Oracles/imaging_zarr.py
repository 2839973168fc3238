"""Makes the small OME-Zarr images in Tests/Imaging/Golden/zarr with the reference implementation.

    python3 -m venv v && v/bin/pip install zarr==3.1.6 && v/bin/python Tests/Oracles/imaging_zarr.py

Every image is (y, x) = (20, 33) with the value (y * 331 + x * 17) % 251 + 1, except the first chunk, which is absent, and one
stack (c, z, y, x). The tests know the formula, so that no decoded copy is stored.
"""
import json
import pathlib
import shutil

import numcodecs
import numpy as np
import zarr
from zarr import codecs
from zarr.codecs import numcodecs as numcodecs3

out = pathlib.Path(__file__).parent.parent / "Imaging" / "Golden" / "zarr"
shutil.rmtree(out, ignore_errors=True)
y, x = np.mgrid[0:20, 0:33]
plane = ((y * 331 + x * 17) % 251 + 1).astype("int64")
plane[:8, :16] = 0


def describe(folder, version, axes):
    kinds = {"c": "channel", "t": "time"}
    entries = [{"name": a, "type": kinds.get(a, "space")} | ({"unit": "nanometer"} if a in "zyx" else {}) for a in axes]
    scale = [{"z": 2000.0, "y": 500.0, "x": 250.0}.get(a, 1.0) for a in axes]
    image = {"axes": entries, "datasets": [{"path": "s0", "coordinateTransformations": [{"type": "scale", "scale": scale}]}]}
    if version == 2:
        (folder / ".zgroup").write_text('{"zarr_format": 2}')
        (folder / ".zattrs").write_text(json.dumps({"multiscales": [image | {"version": "0.4"}]}))
        (folder / "s0" / ".zattrs").unlink(missing_ok=True)
    else:
        group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", "multiscales": [image]}}}
        (folder / "zarr.json").write_text(json.dumps(group))


def make(name, dtype, version, axes="yx", values=plane, chunks=(8, 16), fill=0, **options):
    folder = out / name
    folder.mkdir(parents=True)
    array = zarr.create_array(
        str(folder / "s0"), shape=values.shape, chunks=chunks, dtype=dtype, zarr_format=version, fill_value=fill,
        config={"write_empty_chunks": False}, **options)
    written = values.astype(dtype)
    if fill != 0:
        written[:8, :16] = fill
    array[...] = written
    describe(folder, version, axes)


two = {"version": 2, "chunk_key_encoding": {"name": "v2", "separator": "/"}}
make("v2-none", "uint16", **two, compressors=None)
make("v2-zlib-big-endian", ">u2", **two, compressors=numcodecs.Zlib(5))
make("v2-gzip-dots", "uint8", version=2, chunk_key_encoding={"name": "v2", "separator": "."}, compressors=numcodecs.GZip(5))
make("v2-zstd-int16", "int16", **two, fill=-3, compressors=numcodecs.Zstd(3))
make("v2-blosc-lz4-fortran", "uint16", **two, order="F", compressors=numcodecs.Blosc("lz4", 5, 1))
make("v2-blosc-zstd-float64", "float64", **two, fill=float("nan"), compressors=numcodecs.Blosc("zstd", 5, 2))
make("v2-lz4", "uint16", **two, compressors=numcodecs.LZ4())
make("v2-bz2-int16", "int16", **two, fill=-3, compressors=numcodecs.BZ2(9))
make("v3-plain", "uint16", 3, compressors=None)
make("v3-gzip", "uint32", 3, compressors=codecs.GzipCodec(level=5))
make("v3-zstd-crc32c", "uint16", 3, compressors=[codecs.ZstdCodec(level=3), codecs.Crc32cCodec()])
make("v3-blosc-float32", "float32", 3, fill=float("nan"), compressors=codecs.BloscCodec(cname="zstd", clevel=5, shuffle="shuffle"))
make("v3-transpose-big-endian", "uint16", 3, filters=[codecs.TransposeCodec(order=(1, 0))],
     serializer=codecs.BytesCodec(endian="big"), compressors=codecs.ZstdCodec(level=3))
make("v3-shards", "uint16", 3, shards=(16, 32), compressors=codecs.ZstdCodec(level=3))
make("v3-lz4", "uint16", 3, compressors=numcodecs3.LZ4())
make("v3-bz2-shards", "uint16", 3, shards=(16, 32), compressors=numcodecs3.BZ2(level=5))
make("v3-zlib", "uint16", 3, compressors=numcodecs3.Zlib(level=5))
z = np.arange(3)[:, None, None]
c = np.arange(2)[:, None, None, None]
stack = (plane + z * 300 + c * 1000)
make("v3-stack-shards", "uint16", 3, axes="czyx", values=stack, chunks=(1, 1, 8, 16), shards=(1, 3, 24, 48),
     compressors=codecs.ZstdCodec(level=3))

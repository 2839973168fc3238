"""Makes the seeds of the fuzzers in Tests/Fuzzing/.corpus/<target>/ from small golden files and from hostile files built here.

Needs: Python 3.9, nothing else.  Run: python3 make_corpus.py
The files in `hostile` are those that a reader of models or, with names from `yaml-` on, of descriptions has to refuse or to read
within a second and 100 MiB; `make fuzz` runs them with these limits first.
"""
import pathlib
import shutil
import struct

tests = pathlib.Path(__file__).parent.parent
corpus = pathlib.Path(__file__).parent / ".corpus"
shutil.rmtree(corpus, ignore_errors=True)


def save(target, name, content):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


# Golden files that are small enough for a mutation to hit something.
for target, pattern in (("onnx", "*.onnx"), ("npy", "*.npy"), ("png", "*.png"), ("tiff", "*.tif*"), ("yaml", "*.yaml")):
    for path in sorted(tests.glob(f"*/Golden/**/{pattern}")):
        if path.stat().st_size <= 6000:
            save(target, "-".join(path.relative_to(tests).parts), path.read_bytes())


# Protocol buffers by hand.
def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def record(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, dims, raw=b"", kind=1, extra=b""):
    return b"".join(number(1, d) for d in dims) + number(2, kind) + record(8, name) + (record(9, raw) if raw else b"") + extra


def node(kind, inputs, outputs, attributes=b"", domain=""):
    text = b"".join(record(1, i) for i in inputs) + b"".join(record(2, o) for o in outputs) + record(4, kind)
    return text + attributes + (record(7, domain) if domain else b"")


def value(name, dims):
    shape = b"".join(record(1, number(1, d)) for d in dims)
    return record(1, name) + record(2, record(1, number(1, 1) + record(2, shape)))


def model(nodes, tensors=(), dims=(1, 1, 8, 8)):
    graph = b"".join(record(1, n) for n in nodes) + record(2, "g") + b"".join(record(5, t) for t in tensors)
    graph += record(11, value("x", dims)) + record(12, record(1, "y") + record(2, record(1, number(1, 1))))
    return number(1, 8) + record(7, graph) + record(8, number(2, 17))


def external(location, **entries):
    pairs = {"location": location, **{k: str(v) for k, v in entries.items()}}
    entry = b"".join(record(13, record(1, k) + record(2, v)) for k, v in pairs.items())
    return model([node("Add", ["x", "w"], ["y"])], [tensor("w", [4], extra=entry + number(14, 1))])


def weights(dims, raw, kind=1):
    return model([node("Add", ["x", "w"], ["y"])], [tensor("w", dims, raw, kind)])


def int64s(*values):
    return struct.pack(f"<{len(values)}q", *values)


def nested(depth):
    graph = record(1, node("Relu", ["x"], ["y"]))
    for _ in range(depth):
        graph = record(1, node("If", ["x"], ["y"], record(5, record(1, "then_branch") + record(6, graph) + number(20, 5))))
    return number(1, 8) + record(7, graph) + record(8, number(2, 17))


def endless(depth):
    """The body of a loop that leaves a value as it is; deeper ones do so in loops of their own."""
    last = node("Identity", ["v"], ["w"])
    if depth:
        last = node("Loop", ["n", "", "v"], ["w"], record(5, record(1, "body") + record(6, endless(depth - 1)) + number(20, 5)))
    names = [record(11, record(1, n)) for n in ("i", "c", "v")] + [record(12, record(1, n)) for n in ("d", "w")]
    return b"".join([record(1, node("Identity", ["c"], ["d"])), record(1, last), record(5, tensor("n", [1], int64s(2**62), kind=7)), *names])


def attribute(name, kind, content):
    return record(5, record(1, name) + content + number(20, kind))


def constant(*extents):
    """A node that makes zeros of these extents, and the weight that it reads."""
    return node("ConstantOfShape", ["s"], ["c"]), tensor("s", [len(extents)], int64s(*extents), kind=7)


def summed(nodes, tensors, last="c"):
    """Reduces the last value to one number and adds it to the image, so that none of it is left out."""
    return model([*nodes, node("ReduceSum", [last], ["sum"]), node("Add", ["x", "sum"], ["y"])], tensors)


def resizes(count):
    """Nodes with three attributes each, of which only the last one's mode is not known."""
    nodes = []
    for i in range(count):
        mode = "quintic" if i == count - 1 else "nearest"
        texts = {"mode": mode, "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        names = [f"v{i}" if i else "x", "", "s"], [f"v{i + 1}" if i < count - 1 else "y"]
        nodes.append(node("Resize", *names, b"".join(attribute(k, 3, record(4, v)) for k, v in texts.items())))
    return model(nodes, [tensor("s", [4], struct.pack("<4f", 1, 1, 1, 1))])


whole = model([node("Relu", ["x"], ["y"])])
zeros, extents = constant(1, 16777213, 1)
wide, wide_extents = constant(52428800)
square, square_extents = constant(512, 512)
hostile = {
    "external-parent": external("../../etc/passwd"),
    "external-absolute": external("/etc/passwd"),
    "external-proc": external("/proc/self/environ"),
    "external-offset-overflow": external("weights.bin", offset=2**63 - 1, length=16),
    "external-negative": external("weights.bin", offset=-8, length=-1),
    "external-folder": external("."),
    "dims-huge": weights([2**40, 2**20], b"\0" * 16),
    "dims-wrapping": weights([2**32, 2**32], b"\0" * 16),
    "dims-negative": weights([-1, 4], b"\0" * 16),
    "input-dims-huge": model([node("Relu", ["x"], ["y"])], dims=(2**62, 2**62, 2**62, 2**62)),
    "raw-short": weights([64], b"\0" * 16),
    "type-unknown": weights([4], b"\0" * 16, kind=77),
    "varint-endless": whole + b"\x80" * 64,
    "length-overrun": whole + varint(7 << 3 | 2) + varint(2**63 - 1),
    "nesting-deep": nested(2000),
    "groups-open": whole + varint(3 << 3 | 3) * 5000,
    "cycle": model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])]),
    "custom-operator": model([node("Run", ["x"], ["y"], domain="com.example")]),
    "nodes-200000": model(
        [node("Identity", [f"v{i}" if i else "x"], [f"v{i + 1}" if i < 199_999 else "y"]) for i in range(200_000)]),
    "expand-1-tib": model([node("Expand", ["x", "s"], ["y"])], [tensor("s", [4], int64s(1, 1, 2**19, 2**19), kind=7)], (1, 1, 1, 1)),
    "constant-1-tib": model([node("ConstantOfShape", ["s"], ["y"])], [tensor("s", [2], int64s(2**19, 2**19), kind=7)]),
    "tile-1-tib": model([node("Tile", ["x", "s"], ["y"])], [tensor("s", [4], int64s(1, 1, 2**16, 2**16), kind=7)]),
    "range-1-tib": model(
        [node("Range", ["a", "b", "c"], ["y"])],
        [tensor(n, [], int64s(v), kind=7) for n, v in (("a", 0), ("b", 2**38), ("c", 1))]),
    "einsum-outer": model(
        [node("Einsum", ["x", "x"], ["y"], record(5, record(1, "equation") + record(4, "ab,cd->abcd") + number(20, 3)))], (), (64, 64)),
    "loop-endless": model(
        [node("Loop", ["n", "", "v"], ["w"], record(5, record(1, "body") + record(6, endless(3)) + number(20, 5))), node("Add", ["w", "x"], ["y"])],
        [tensor("n", [1], int64s(2**62), kind=7), tensor("v", [1], struct.pack("<f", 1))]),
    "window-huge": model([node("HannWindow", ["n"], ["w"]), node("Add", ["w", "x"], ["y"])], [tensor("n", [], int64s(2**40), kind=7)]),
    "attributes-300000": model([node("Relu", ["x"], ["y"], b"".join(attribute(f"a{i}", 2, number(3, 1)) for i in range(300_000)))]),
    "attribute-of-4000000": model([node("Transpose", ["x"], ["y"], attribute("perm", 7, record(8, bytes(4_000_000))))]),
    "attribute-bytes": model([node("Relu", ["x"], ["y"], attribute("a", 3, record(4, bytes(17 << 20))))]),
    "inputs-1000000": model([node("Concat", ["x"] * 1_000_000, ["y"], attribute("axis", 2, number(3, 0)))]),
    "weights-400000": model([node("Relu", ["x"], ["y"])], [tensor(f"w{i}", [], bytes(4)) for i in range(400_000)]),
    "resize-50000": resizes(50_000),
    "resize-20000": resizes(20_000),
    "zeros": bytes(8 << 20),
    "raw-16-mib": model([node("Fancy", ["x", "w"], ["y"])], [tensor("w", [4 << 20], bytes(16 << 20))]),
    "folded-200-mib": summed([wide], [wide_extents]),
    "folded-prime-transform": summed([zeros, node("DFT", ["c"], ["d"])], [extents], "d"),
    "folded-products": summed(
        [square, node("MatMul", ["c", "c"], ["m0"]), *(node("MatMul", [f"m{i}", "c"], [f"m{i + 1}"]) for i in range(1000))],
        [square_extents], "m1000"),
    "known-chain": summed(
        [node("Shape", ["x"], ["e"]), node("Tile", ["e", "t"], ["v0"]), *(node("Neg", [f"v{i}"], [f"v{i + 1}"]) for i in range(10_000)),
         node("Cast", ["v10000"], ["c"], attribute("to", 2, number(3, 1)))], [tensor("t", [1], int64s(2000), kind=7)]),
    "axes-2000000": model([node("Squeeze", ["x", "s"], ["y"])], [tensor("s", [1 << 21], bytes(8 << 21), kind=7)]),
    "starts-2000000": model([node("Slice", ["x", "s", "s"], ["y"])], [tensor("s", [1 << 21], bytes(8 << 21), kind=7)]),
    "unique-2000000": summed(
        [node("Unique", ["s"], ["u"]), node("Cast", ["u"], ["c"], attribute("to", 2, number(3, 1)))],
        [tensor("s", [1 << 21], struct.pack(f"<{1 << 21}q", *range(1 << 21)), kind=7)]),
    "list-open": model(
        [node("Cast", ["s"], ["c"], attribute("to", 2, number(3, 1))), node("Add", ["x", "c"], ["y"])],
        [tensor("s", [8 << 20], kind=7, extra=record(7, b"\1" * (8 << 20) + b"\x81"))]),
    "conv-rank": model([node("Conv", ["x", "w"], ["y"])], [tensor("w", [4 << 20], bytes(16 << 20))]),
    "truncated": whole[: len(whole) // 2],
    "empty": b"",
    "pickle": b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00trueq\x00\x85R.",
    "pt-archive": b"PK\x03\x04" + b"\0" * 26 + b"archive/data.pkl",
    "safetensors-length": struct.pack("<Q", 2**62) + b"{}",
    "safetensors-overlap": struct.pack("<Q", 60) + b'{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,99]}}     ' + b"\0" * 16,
}
for name, content in hostile.items():
    save("hostile" if len(content) > 1 << 16 else "onnx", f"hostile-{name}", content)
    save("hostile", f"hostile-{name}", content)


# Arrays, images and descriptions that lie.
def npy(header, body=b"", version=1):
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + body


save("npy", "hostile-object", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", b"\x80\x02."))
save("npy", "hostile-huge", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }\n"))
save("npy", "fortran", npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", bytes(range(12)), 2))
save("yaml", "laughs", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n")
save("yaml", "merge", b"a: &a\n  <<: *a\n")
save("yaml", "deep", b"[" * 500)
described = b"format_version: 0.5.4\ntype: model\nname: m\n"
axes = b"axes: [{type: batch}, {id: y, type: space, size: 8}]"
for name, text in {
    "steps-10000": described + b"inputs: [{" + axes + b", preprocessing: [" + b"{id: sigmoid}, " * 10_000 + b"]}]\n",
    "inputs-3000": described + b"inputs: [" + b", ".join(b"{id: i%d, %b}" % (i, axes) for i in range(3000)) + b"]\n",
    "keys-20000": described + b"z: {" + b", ".join(b"k%d: 1" % i for i in range(20_000)) + b"}\n",
    "values": described + b"z: [" + b"a, " * 80_000 + b"]\n",
    "brackets": b"x: " + b"[a, " * 60_000,
}.items():
    save("hostile", f"yaml-{name}", text)
four = """format_version: 0.4.10
type: model
name: m
inputs: [{name: r, axes: bcyx, data_type: uint8, shape: {min: [1, 1, 8, 8], step: [0, 0, 8, 8]}, preprocessing: [{name: scale_range, kwargs: {mode: per_sample, axes: yx}}]}]
outputs: [{name: o, axes: bcyx, data_type: float32, halo: [0, 0, 2, 2], shape: {reference_tensor: r, scale: [1, 0, 2, 0.5], offset: [0, 0.5, 0, 1]}}]
test_inputs: [a.npy]
test_outputs: [b.npy]
weights: {onnx: {source: w.onnx}}
"""
save("yaml", "four", four.encode())
print({folder.name: len(list(folder.iterdir())) for folder in sorted(corpus.iterdir())})

"""Two packages whose network gives back its two channels, so that labels can be tested on any image: `identity`, `identity-stack`.

Needs: numpy 2.4.6, onnx 1.22.0.  Run: python packages_identity.py  (writes ../TiledInference/Golden/<package>/)
"""
import hashlib
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

for name, spaces in (("identity", "yx"), ("identity-stack", "zyx")):
    folder = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden" / name
    folder.mkdir(parents=True, exist_ok=True)
    value = lambda n: helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 2, *spaces])
    graph = helper.make_graph([helper.make_node("Identity", ["image"], ["maps"], name="out")], "net", [value("image")], [value("maps")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "weights.onnx")
    np.save(folder / "maps.npy", np.arange(2 * 3 ** len(spaces), dtype=np.float32).reshape(1, 2, *[3] * len(spaces)))
    sha = lambda file: hashlib.sha256((folder / file).read_bytes()).hexdigest()

    def axes(size):
        text = "      - {type: batch, size: 1}\n      - {type: channel, channel_names: [foreground, guide]}\n"
        return text + "".join(f"      - {{type: space, id: {s}, size: {size.format(s)}}}\n" for s in spaces)

    (folder / "bioimageio.yaml").write_text(
        f"format_version: 0.5.4\ntype: model\nname: {name}\nlicense: CC0-1.0\ninputs:\n  - id: raw\n    axes:\n{axes('{{min: 1, step: 1}}')}"
        f"    test_tensor: {{source: maps.npy, sha256: {sha('maps.npy')}}}\noutputs:\n  - id: maps\n    axes:\n"
        f"{axes('{{tensor_id: raw, axis_id: {0}}}')}    test_tensor: {{source: maps.npy, sha256: {sha('maps.npy')}}}\n"
        f"weights:\n  onnx: {{source: weights.onnx, sha256: {sha('weights.onnx')}, opset_version: 17}}\n")

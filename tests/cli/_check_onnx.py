"""Checks ONNX files with onnx and ONNX Runtime, in the environment of scripts/setup.sh --test-tools.

usage: _check_onnx.py CASES.json    a list of {"file", "inputs": {NAME: FILE.npy}, "outputs": {NAME: FILE.npy},
                                     "tolerance": {NAME: T}}: |got - want| <= T everywhere
"""
import json
import sys

import numpy as np
import onnx
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for case in json.load(open(sys.argv[1])):
    model = onnx.load(case["file"])
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(case["file"], options, providers=["CPUExecutionProvider"])
    inputs = {name: np.load(path) for name, path in case["inputs"].items()}
    names = [node.name for node in session.get_inputs()]
    if sorted(names) != sorted(inputs):
        sys.exit(f"{case['file']}: inputs {names}, expected {sorted(inputs)}")
    found = dict(zip([node.name for node in session.get_outputs()], session.run(None, inputs)))
    for name, path in case["outputs"].items():
        want = np.load(path)
        got = found[name]
        if got.shape != want.shape or got.dtype != want.dtype:
            sys.exit(f"{case['file']}, {name}: {got.dtype} {got.shape}, expected {want.dtype} {want.shape}")
        worst = np.abs(got.astype(np.float64) - want.astype(np.float64)).max() if want.size else 0
        if not worst <= case["tolerance"][name]:
            sys.exit(f"{case['file']}, {name}: differs by {worst}, allowed {case['tolerance'][name]}")
    metadata = {pair.key: pair.value for pair in model.metadata_props}
    for key in ("latent.version", "latent.part", "latent.fingerprint", "latent.preprocessing"):
        if not metadata.get(key):
            sys.exit(f"{case['file']}: no {key} in its metadata")

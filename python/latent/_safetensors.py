"""Safetensors files with the checksum that `latent` writes and requires."""
import json
import os
import pathlib
import zlib

import torch

from ._errors import Error

TYPES = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
         "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}
NAMES = {dtype: name for name, dtype in TYPES.items()}
NO_DIGEST = b"00000000"


def _fail(path, what):
    raise Error(f"{path}: damaged or not a safetensors file: {what}")


def _digest_place(header):
    """Where the eight digits of the checksum stand in the header's bytes, or None."""
    field = b'"crc32":"'
    at = header.find(field)
    return None if at < 0 else at + len(field)


def _check_digest(path, data, length):
    place = _digest_place(data[8:8 + length])
    if place is None:
        return
    start = 8 + place
    stored = data[start:start + 8]
    summed = zlib.crc32(data[start + 8:], zlib.crc32(NO_DIGEST, zlib.crc32(data[:start])))
    if stored != b"%08x" % summed:
        _fail(path, "its checksum differs")


def _tensor(path, name, entry, data):
    dtype, sizes, (first, last) = TYPES.get(entry["dtype"]), entry["shape"], entry["data_offsets"]
    if dtype is None:
        _fail(path, f"{name} has the unknown type {entry['dtype']}")
    count = 1
    for size in sizes:
        count *= size
    if not 0 <= first <= last <= len(data) or last - first != count * dtype.itemsize:
        _fail(path, f"{name} does not fit its sizes")
    if count == 0:
        return torch.empty(sizes, dtype=dtype)
    return torch.frombuffer(bytearray(data[first:last]), dtype=dtype).reshape(sizes)


def read(path):
    """Returns the tensors by name, and the metadata. Raises Error for a damaged file."""
    path = pathlib.Path(path)
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise Error(f"{path}: {failure.strerror}") from None
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or length > len(data) - 8:
        _fail(path, "cut short")
    _check_digest(path, data, length)
    try:
        header = json.loads(data[8:8 + length])
        metadata = header.pop("__metadata__", {})
        body = memoryview(data)[8 + length:]
        return {name: _tensor(path, name, entry, body) for name, entry in header.items()}, metadata
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise Error(f"{path}: damaged or not a safetensors file: {failure}") from None


def write(path, tensors, metadata):
    """Writes a file that `latent` accepts, whole or not at all."""
    path = pathlib.Path(path)
    header, parts, offset = {"__metadata__": {**metadata, "crc32": NO_DIGEST.decode(), "writer": "latent"}}, [], 0
    for name, tensor in sorted(tensors.items()):
        tensor = tensor.detach().cpu().contiguous()
        raw = tensor.reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        parts.append(raw)
        offset += len(raw)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    whole = len(text).to_bytes(8, "little") + text + b"".join(parts)
    place = 8 + _digest_place(text)
    whole = whole[:place] + b"%08x" % zlib.crc32(whole) + whole[place + 8:]
    temporary = path.with_name(path.name + f".{os.getpid()}.tmp")
    try:
        temporary.write_bytes(whole)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

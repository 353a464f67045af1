"""PNG files read without any library: 8 bits a channel, not interlaced, as latent and gnuplot write them."""
import struct
import zlib

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def chunks(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfiltered(kind, line, above, step):
    for i in range(len(line)) if kind else ():
        left = line[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            guess = paeth(left, above[i], above[i - step] if i >= step else 0)
        line[i] = (line[i] + guess) & 255
    return line


def read(path):
    """Width, height and the rows, each a list of pixels as tuples."""
    parts = list(chunks(path.read_bytes()))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    assert depth == 8 and colour in CHANNELS and not interlaced, f"{path}: depth {depth}, colour type {colour}"
    step = CHANNELS[colour]
    data = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    rows, above = [], bytearray(width * step)
    for y in range(height):
        start = y * (1 + width * step)
        above = unfiltered(data[start], bytearray(data[start + 1:start + 1 + width * step]), above, step)
        rows.append([tuple(above[x:x + step]) for x in range(0, width * step, step)])
    return width, height, rows

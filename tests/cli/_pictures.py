"""Reads PNG and GIF files with the standard library alone: the tests need no image package."""
import struct
import zlib


class Frame:
    """width, height and RGB bytes, rows from the top."""

    def __init__(self, width, height, rgb):
        self.width, self.height, self.rgb = width, height, bytes(rgb)

    def __eq__(self, other):
        return (self.width, self.height, self.rgb) == (other.width, other.height, other.rgb)

    def part(self, left, top, width, height):
        rows = [self.rgb[3 * (y * self.width + left):3 * (y * self.width + left + width)] for y in range(top, top + height)]
        return Frame(width, height, b"".join(rows))


def solid_png(width, height, colour):
    """The bytes of an RGB picture of one colour."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def difference(a, b):
    """The mean absolute difference of two frames of one size."""
    assert (a.width, a.height) == (b.width, b.height), (a.width, a.height, b.width, b.height)
    return sum(abs(x - y) for x, y in zip(a.rgb, b.rgb)) / len(a.rgb)


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def read_png(path):
    """An 8-bit grey or RGB PNG. Format: https://www.w3.org/TR/png"""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colour in (0, 2), (depth, colour)
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    channels = 3 if colour == 2 else 1
    raw, size = zlib.decompress(packed), width * channels
    above, rgb = bytearray(size), bytearray()
    for y in range(height):
        start = y * (size + 1)
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + size])
        for x in range(size if kind else 0):
            left, corner = (row[x - channels], above[x - channels]) if x >= channels else (0, 0)
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2, paeth(left, above[x], corner))[kind]) & 255
        rgb += row if channels == 3 else bytes(value for value in row for _ in range(3))
        above = row
    return Frame(width, height, rgb)


def unpack_lzw(data, bits):
    """GIF's variant of LZW. Format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, appendix F"""
    clear, end = 1 << bits, (1 << bits) + 1
    table, size, out, previous = [], bits + 1, bytearray(), None
    value = held = 0
    for byte in data:
        value |= byte << held
        held += 8
        while held >= size:
            code, value, held = value & ((1 << size) - 1), value >> size, held - size
            if code == clear:
                table, size, previous = [bytes([i]) for i in range(clear)] + [b"", b""], bits + 1, None
                continue
            if code == end:
                return bytes(out)
            entry = table[code] if code < len(table) else previous + previous[:1]
            if previous is not None and len(table) < 4096:
                table.append(previous + entry[:1])
                if len(table) == 1 << size and size < 12:
                    size += 1
            out += entry
            previous = entry
    return bytes(out)


def read_gif(path):
    """(frames, delays in centiseconds, loop): loop is 0 for ever, None if not said."""
    data = path.read_bytes()
    assert data[:6] == b"GIF89a", path
    width, height, flags = struct.unpack("<HHB", data[6:11])
    colours = 3 * (2 << (flags & 7))
    palette = [data[13 + i:16 + i] for i in range(0, colours, 3)]
    at, frames, delays, loop = 13 + colours, [], [], None

    def blocks(start):
        body = b""
        while data[start]:
            body += data[start + 1:start + 1 + data[start]]
            start += 1 + data[start]
        return body, start + 1

    while data[at] != 0x3b:
        if data[at] == 0x21:
            kind = data[at + 1]
            body, at = blocks(at + 2)
            if kind == 0xf9:
                delays.append(struct.unpack("<H", body[1:3])[0])
            if kind == 0xff:
                assert body[:11] == b"NETSCAPE2.0"
                loop = struct.unpack("<H", body[12:14])[0]
        else:
            assert data[at] == 0x2c and data[at + 9] == 0, "an image with the common palette"
            assert struct.unpack("<4H", data[at + 1:at + 9]) == (0, 0, width, height), "whole frames"
            body, after = blocks(at + 11)
            indices = unpack_lzw(body, data[at + 10])
            assert len(indices) == width * height, (len(indices), width, height)
            frames.append(Frame(width, height, b"".join(palette[i] for i in indices)))
            at = after
    return frames, delays, loop

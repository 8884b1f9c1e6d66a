"""Pictures of pages with a palette: a third as large, and to the eye the same."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

COLOURS = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def smaller(png: bytes) -> bytes:
    """The picture with the colours that it has most of; every other becomes the nearest of them."""
    parts = list(_chunks(png))
    width, height, _, kind = struct.unpack(">IIBB", parts[0][1][:10])
    channels = {2: 3, 6: 4}[kind]
    raw = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT"))
    pixels = [
        line[i : i + 3] for line in _lines(raw, width * channels, channels) for i in range(0, len(line), channels)
    ]
    palette = [colour for colour, _ in Counter(pixels).most_common(COLOURS)]
    places = {colour: n for n, colour in enumerate(palette)}
    for colour in set(pixels) - places.keys():
        places[colour] = min(range(len(palette)), key=lambda n: _apart(palette[n], colour))
    indices = bytes(places[pixel] for pixel in pixels)
    rows = b"".join(b"\0" + indices[y * width : (y + 1) * width] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    made = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in made
    )


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def _lines(raw: bytes, size: int, channels: int) -> Iterator[bytes]:
    """The lines as they are, each filter undone (PNG, section 9)."""
    above = bytes(size)
    for start in range(0, len(raw), size + 1):
        how, line = raw[start], bytearray(raw[start + 1 : start + 1 + size])
        for x in range(size):
            left = line[x - channels] if x >= channels else 0
            corner = above[x - channels] if x >= channels else 0
            line[x] = (line[x] + _guessed(how, left, above[x], corner)) & 255
        above = bytes(line)
        yield above


def _guessed(how: int, left: int, up: int, corner: int) -> int:
    if how == 4:
        nearest = left + up - corner
        return min((left, up, corner), key=lambda one: abs(nearest - one))
    return (0, left, up, (left + up) // 2)[how]

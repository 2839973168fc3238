"""Print the labels of a uint16 TIFF in the house profile (classic, little endian, strips, none or LZW), a row a line."""
import struct
import sys


def lzw(data):
    table, out, bits, value, at, width, previous = [], bytearray(), 0, 0, 0, 9, None
    while True:
        while bits < width:
            if at == len(data):
                return bytes(out)
            value, bits, at = value << 8 | data[at], bits + 8, at + 1
        code, bits = value >> (bits - width) & (1 << width) - 1, bits - width
        value &= (1 << bits) - 1
        if code == 257:
            return bytes(out)
        if code == 256:
            table, width, previous = [bytes([i]) for i in range(256)] + [b"", b""], 9, None
            continue
        entry = table[code] if code < len(table) else previous + previous[:1]
        out += entry
        if previous is not None:
            table.append(previous + entry[:1])
        previous = entry
        width = max(9, min(12, (len(table) + 1).bit_length()))


data = open(sys.argv[1], "rb").read()
assert data[:4] == b"II*\0", "not a classic little-endian TIFF"
ifd, = struct.unpack_from("<I", data, 4)
count, = struct.unpack_from("<H", data, ifd)
tags = {}
for i in range(count):
    tag, kind, n, value = struct.unpack_from("<HHI4s", data, ifd + 2 + 12 * i)
    size = {3: 2, 4: 4}.get(kind)
    if size:
        where = value if n * size <= 4 else data[struct.unpack("<I", value)[0]:][:n * size]
        tags[tag] = struct.unpack("<%d%s" % (n, "H" if size == 2 else "I"), where[:n * size])
width, height, compression = tags[256][0], tags[257][0], tags[259][0]
assert tags[258] == (16,) and compression in (1, 5) and tags.get(317, (1,)) == (1,), "not in the house profile"
pixels = b""
for offset, size in zip(tags[273], tags[279]):
    strip = data[offset:offset + size]
    pixels += lzw(strip) if compression == 5 else strip
for y in range(height):
    print(*struct.unpack_from("<%dH" % width, pixels, 2 * width * y))

"""Read a gray PNG and write a label TIFF with nothing but Python itself."""
import struct
import zlib


def read_png(path):
    """The rows of an 8- or 16-bit gray PNG without interlacing, as lists of integers."""
    with open(path, "rb") as file:
        data = file.read()
    at, body, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR":
            header = struct.unpack_from(">IIBBBBB", data, at + 8)
        elif kind == b"IDAT":
            body += data[at + 8:at + 8 + length]
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = header
    if depth not in (8, 16) or colour != 0 or interlaced:
        raise ValueError(f"{path}: expected gray, 8 or 16 bit, not interlaced; found colour type {colour}, {depth} bit")
    step, raw = depth // 8, zlib.decompress(body)
    stride, before, rows = width * step, bytes(width * step), []
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride) if kind else ():
            left = line[i - step] if i >= step else 0
            up, corner = before[i], before[i - step] if i >= step else 0
            line[i] = line[i] + (left, up, (left + up) // 2, nearest(left, up, corner))[kind - 1] & 255
        before = bytes(line)
        rows.append(list(struct.unpack(">%d%s" % (width, "H" if step == 2 else "B"), before)))
    return rows


def nearest(left, up, corner):
    """The predictor of Paeth: the neighbour closest to left + up - corner."""
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))


def write_labels(path, rows):
    """A uint16 TIFF: little endian, one strip, no compression."""
    pixels = b"".join(struct.pack("<%dH" % len(row), *row) for row in rows)
    entries = [(256, 4, len(rows[0])), (257, 4, len(rows)), (258, 3, 16), (259, 3, 1), (262, 3, 1), (273, 4, 8),
               (277, 3, 1), (278, 4, len(rows)), (279, 4, len(pixels)), (339, 3, 1)]
    ifd = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 8 + len(pixels)) + pixels + struct.pack("<H", len(entries)) + ifd + bytes(4))

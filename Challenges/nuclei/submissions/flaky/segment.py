"""A program with two bugs, to show what the board does with failures: it is no method.

It dies on dark images and asks for far too much memory on bright ones; elsewhere it thresholds at half of the brightest value.
"""
import ctypes
import json

import images


def main():
    with open("/input/case.json") as file:
        case = json.load(file)
    rows = images.read_png("/input/" + case["inputs"]["image"])
    brightest = max(map(max, rows))
    if brightest < 100:
        ctypes.string_at(0)  # a null pointer: the process ends by a signal
    if brightest > 231:
        tables = [bytearray(b"\1" * (64 << 20)) for _ in range(brightest)]
        print(len(tables))
    labels, count = [[0] * len(row) for row in rows], 0
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if 2 * value <= brightest:
                continue
            above, left = labels[y - 1][x] if y else 0, labels[y][x - 1] if x else 0
            if not above and not left:
                count += 1
            labels[y][x] = above or left or count
    images.write_labels("/output/labels.tif", labels)


if __name__ == "__main__":
    main()

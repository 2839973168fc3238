"""Otsu's threshold and connected components: the method that everybody compares with. Plain Python, no packages.

Otsu, A threshold selection method from gray-level histograms. IEEE Transactions on Systems, Man, and Cybernetics 1979.
"""
import json

import images

SMALLEST = 12  # pixels


def otsu(values):
    """The threshold that maximises the variance between the two classes; values above it are foreground."""
    histogram = [0] * (max(values) + 1)
    for value in values:
        histogram[value] += 1
    total, weighted = len(values), sum(i * n for i, n in enumerate(histogram))
    below = mass = best = threshold = 0
    for level, n in enumerate(histogram):
        below += n
        mass += level * n
        if 0 < below < total:
            between = below * (total - below) * (mass / below - (weighted - mass) / (total - below)) ** 2
            if between > best:
                best, threshold = between, level
    return threshold


def components(mask):
    """Labels 1 to n of the 4-connected components with at least SMALLEST pixels, in raster order."""
    height, width = len(mask), len(mask[0])
    labels, count, seen = [[0] * width for _ in mask], 0, set()
    for start in ((y, x) for y in range(height) for x in range(width)):
        if start in seen or not mask[start[0]][start[1]]:
            continue
        found, stack = [], [start]
        seen.add(start)
        while stack:
            y, x = stack.pop()
            found.append((y, x))
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and mask[v][u] and (v, u) not in seen:
                    seen.add((v, u))
                    stack.append((v, u))
        if len(found) >= SMALLEST:
            count += 1
            for y, x in found:
                labels[y][x] = count
    return labels


def main():
    with open("/input/case.json") as file:
        case = json.load(file)
    rows = images.read_png("/input/" + case["inputs"]["image"])
    threshold = otsu([value for row in rows for value in row])
    images.write_labels("/output/labels.tif", components([[value > threshold for value in row] for row in rows]))
    print(f"case {case['id']}: threshold {threshold}")


if __name__ == "__main__":
    main()

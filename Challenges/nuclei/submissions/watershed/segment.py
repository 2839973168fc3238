"""A smoothed Otsu threshold, the distance to the background and a watershed from its peaks. Plain Python, no packages.

Touching nuclei are parted where the distance to the background has a saddle.
"""
import json

import images

SMALLEST = 12  # pixels
MERGE = 0.75  # pixels of distance that a peak must rise above the saddle to be a nucleus of its own
NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def mean(values):
    return sum(values) / len(values)


def smoothed(rows):
    """The mean over 3 x 3 pixels; the square is cut at the border."""
    across = [[mean(row[max(0, i - 1):i + 2]) for i in range(len(row))] for row in rows]
    return [list(row) for row in zip(*([mean(column[max(0, i - 1):i + 2]) for i in range(len(column))] for column in zip(*across)))]


def otsu(values):
    """The threshold that maximises the variance between the two classes; values above it are foreground."""
    ordered, total = sorted(values), sum(values)
    mass = best = threshold = 0
    for below, value in enumerate(ordered[:-1], 1):
        mass += value
        between = below * (len(ordered) - below) * (mass / below - (total - mass) / (len(ordered) - below)) ** 2
        if between > best and ordered[below] > value:
            best, threshold = between, value
    return threshold


def foreground(rows):
    """What is brighter than the threshold, and the holes in it."""
    smooth = smoothed(rows)
    threshold = otsu([value for row in smooth for value in row])
    height, width = len(rows), len(rows[0])
    outside = {(y, x) for y in range(height) for x in range(width)
               if (y in (0, height - 1) or x in (0, width - 1)) and smooth[y][x] <= threshold}
    stack = list(outside)
    while stack:
        y, x = stack.pop()
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= v < height and 0 <= u < width and smooth[v][u] <= threshold and (v, u) not in outside:
                outside.add((v, u))
                stack.append((v, u))
    return [[(y, x) not in outside for x in range(width)] for y in range(height)]


def distance(mask):
    """Chamfer distance (3, 4) / 3 to the nearest background pixel; the image border is not background."""
    height, width = len(mask), len(mask[0])
    far = 3 * (height + width)
    d = [[far if inside else 0 for inside in row] for row in mask]
    forward = [(y, x) for y in range(height) for x in range(width)]
    for order, steps in ((forward, ((-1, -1, 4), (-1, 0, 3), (-1, 1, 4), (0, -1, 3))),
                         (reversed(forward), ((1, 1, 4), (1, 0, 3), (1, -1, 4), (0, 1, 3)))):
        for y, x in order:
            if d[y][x]:
                for dy, dx, cost in steps:
                    if 0 <= y + dy < height and 0 <= x + dx < width:
                        d[y][x] = min(d[y][x], d[y + dy][x + dx] + cost)
    return [[value / 3 for value in row] for row in d]


def watershed(heights):
    """Floods from the highest pixel down; basins whose peak rises less than MERGE above their meeting point become one."""
    height, width = len(heights), len(heights[0])
    order = sorted(((-heights[y][x], y, x) for y in range(height) for x in range(width) if heights[y][x] > 0))
    basin, parent, peak = {}, [], []

    def root(index):
        while parent[index] != index:
            index = parent[index]
        return index

    for negative, y, x in order:
        near = sorted({root(basin[y + dy, x + dx]) for dy, dx in NEIGHBOURS if (y + dy, x + dx) in basin},
                      key=lambda index: (-peak[index], index))
        if not near:
            parent.append(len(parent))
            peak.append(-negative)
            basin[y, x] = parent[-1]
            continue
        basin[y, x] = near[0]
        for other in near[1:]:
            if peak[other] + negative < MERGE:
                parent[other] = near[0]
    return {place: root(index) for place, index in basin.items()}


def main():
    with open("/input/case.json") as file:
        case = json.load(file)
    rows = images.read_png("/input/" + case["inputs"]["image"])
    mask = foreground(rows)
    heights = smoothed(distance(mask))
    basins = watershed([[h if inside else 0 for h, inside in zip(*lines)] for lines in zip(heights, mask)])
    sizes, numbers = {}, {}
    for index in basins.values():
        sizes[index] = sizes.get(index, 0) + 1
    labels = [[0] * len(row) for row in rows]
    for (y, x), index in sorted(basins.items()):
        if sizes[index] >= SMALLEST:
            labels[y][x] = numbers.setdefault(index, len(numbers) + 1)
    images.write_labels("/output/labels.tif", labels)
    print(f"case {case['id']}: {len(numbers)} nuclei")


if __name__ == "__main__":
    main()

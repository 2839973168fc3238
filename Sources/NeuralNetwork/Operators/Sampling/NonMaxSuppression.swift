/// `NonMaxSuppression` (opset 10 and later): the boxes of each class, best score first, that overlap no better one by more than a
/// threshold of intersection over union; boxes at the threshold stay.
///
/// Boxes (batch, boxes, 4) as any two corners (y, x, y, x), or as (x, y, width, height) around a centre; scores (batch, classes, boxes).
/// Equal scores go by the box's number; a score that is no number is never selected. Gives (selected, 3): batch, class, box.
struct NonMaxSuppression: ValueDependent {
    let node: Node
    private let isCentred: Bool

    /// The most comparisons of two boxes.
    private static let mostComparisons = 1 << 36

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...5)
        try node.allow("center_point_box")
        self.node = node
        isCentred = try node.flag("center_point_box")
    }

    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let boxes = try node.given(inputs, 0), scores = try node.given(inputs, 1)
        guard let corners = boxes.floats, let values = scores.floats else {
            throw node.error(
                .unsupported, "boxes and scores have the types \(boxes.elementType.rawValue) and \(scores.elementType.rawValue)")
        }
        guard boxes.shape.count == 3, scores.shape.count == 3, boxes.shape[2] == 4, boxes.shape[0] == scores.shape[0],
            boxes.shape[1] == scores.shape[2]
        else {
            throw node.error(
                .shape, "boxes \(boxes.shape) and scores \(scores.shape); expected (batch, boxes, 4) and (batch, classes, boxes)")
        }
        func number(_ index: Int) -> Double? { index < inputs.count ? inputs[index]?.doubles.first : nil }
        let count = boxes.shape[1], classes = scores.shape[1]
        let most = Int(max(0, min(number(2) ?? 0, Double(count)))), threshold = Float(number(3) ?? 0), lowest = number(4).map(Float.init)
        guard threshold >= 0, threshold <= 1 else { throw node.error(.shape, "iou_threshold is \(threshold); expected 0 to 1") }
        try node.expect(
            work: [boxes.shape[0], classes, count, most], of: "the comparison of boxes", atMost: NonMaxSuppression.mostComparisons)
        try node.leaveToRun(work: boxes.shape[0] * classes * count * most, of: "the comparison of boxes")
        var selected: [Int64] = []
        for image in 0..<boxes.shape[0] {
            let places = (0..<count).map { Box(corners[(image * count + $0) * 4..<(image * count + $0 + 1) * 4], isCentred: isCentred) }
            for category in 0..<classes {
                let own = Array(values[(image * classes + category) * count..<(image * classes + category + 1) * count])
                var candidates = own.indices.filter { (box: Int) -> Bool in
                    guard let lowest else { return !own[box].isNaN }
                    return own[box] > lowest
                }
                candidates.sort { (left: Int, right: Int) -> Bool in
                    own[left] == own[right] ? left < right : own[left] > own[right]
                }
                var kept: [Int] = []
                for candidate in candidates where kept.count < most {
                    if kept.contains(where: { places[candidate].overlaps(places[$0], beyond: threshold) }) { continue }
                    kept.append(candidate)
                    selected += [Int64(image), Int64(category), Int64(candidate)]
                }
            }
        }
        return [Tensor([selected.count / 3, 3], .int64(selected))]
    }
}

/// A box with its lower corner first.
private struct Box {
    private let low, high: (y: Float, x: Float)
    private let area: Float

    init(_ numbers: ArraySlice<Float>, isCentred: Bool) {
        let n = Array(numbers)
        if isCentred {
            (low, high) = ((n[1] - n[3] / 2, n[0] - n[2] / 2), (n[1] + n[3] / 2, n[0] + n[2] / 2))
        } else {
            (low, high) = ((min(n[0], n[2]), min(n[1], n[3])), (max(n[0], n[2]), max(n[1], n[3])))
        }
        area = (high.y - low.y) * (high.x - low.x)
    }

    /// Whether intersection over union is larger than a threshold; boxes without an area overlap nothing.
    func overlaps(_ other: Box, beyond threshold: Float) -> Bool {
        let height = min(high.y, other.high.y) - max(low.y, other.low.y), width = min(high.x, other.high.x) - max(low.x, other.low.x)
        guard height > 0, width > 0, area > 0, other.area > 0 else { return false }
        let intersection = height * width
        return intersection / (area + other.area - intersection) > threshold
    }
}

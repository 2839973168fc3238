/// Compares the objects' own flows with the network's; images only.
///
/// Heat is put into each object's middle pixel in each of 2 · (greatest height + width + 2) rounds, and spreads to the mean of nine pixels,
/// with nothing outside of the object; an object's flow is the direction in which the heat of the whole image rises, by central differences.
struct FlowCheck {
    private let volume: FlowVolume
    private let flows: [[Float]]

    init(_ volume: FlowVolume, flows: [[Float]]) {
        self.volume = volume
        self.flows = flows
    }

    /// For each object the mean over its pixels of the squared distance between both flows, the network's divided by five.
    ///
    /// An error where the heat of objects without sense would take endless to spread.
    func errors(of objects: FlowObjects) throws(PackageError) -> [Double] {
        let columns = volume.columns + 2
        guard (volume.rows + 2) * columns <= Int(Int32.max) else {
            throw PackageError(
                .tensor, found: "an image of \(volume.rows) x \(volume.columns) pixels, more than flows are compared in",
                remedy: "give a smaller image, or set the flow threshold to 0")
        }
        var framed = [UInt32](repeating: 0, count: (volume.rows + 2) * columns)
        func framedPlace(_ pixel: Int) -> Int { (pixel / volume.columns + 1) * columns + pixel % volume.columns + 1 }
        for member in objects.members { for pixel in member.pixels { framed[framedPlace(pixel)] = member.label } }
        let rounds = 2 * (objects.members.map { $0.rows.count + $0.columns.count + 2 }.max() ?? 0)
        let steps = objects.members.reduce(0) { $0 + $1.pixels.count }.multipliedReportingOverflow(by: rounds)
        guard !steps.overflow, steps.partialValue <= (1 << 28) + 1024 * volume.count else {
            throw PackageError(
                .tensor, found: "objects of \(rounds / 2 - 2) pixels in height and width together, whose flow cannot be compared",
                remedy: "correct the model, or set the flow threshold to 0")
        }
        var heat = [Double](repeating: 0, count: framed.count)
        // Objects do not touch each other's heat while it spreads, so that each can be done on its own.
        for member in objects.members {
            let places = member.pixels.map(framedPlace)
            let middle = places[middle(of: member)]
            // Nine for each pixel; those that are not of the object are the frame's first pixel, which stays cold.
            var neighbours: [Int32] = []
            neighbours.reserveCapacity(9 * places.count)
            for place in places {
                for step in [0, -columns, columns, -1, 1, -columns - 1, -columns + 1, columns - 1, columns + 1] {
                    neighbours.append(framed[place + step] == member.label ? Int32(place + step) : 0)
                }
            }
            var next = [Double](repeating: 0, count: places.count)
            for _ in 0..<rounds {
                heat[middle] += 1
                for index in places.indices {
                    var sum = 0.0
                    for neighbour in 9 * index..<9 * index + 9 { sum += heat[Int(neighbours[neighbour])] }
                    next[index] = sum / 9
                }
                for (index, place) in places.enumerated() { heat[place] = next[index] }
            }
        }
        return objects.members.map { member in
            var sum = 0.0
            for pixel in member.pixels {
                let place = framedPlace(pixel)
                let rise = (y: heat[place + columns] - heat[place - columns], x: heat[place + 1] - heat[place - 1])
                let length = (rise.y * rise.y + rise.x * rise.x).squareRoot() + 1e-60
                let difference = (
                    y: rise.y / length - Double(flows[0][pixel] / FlowLabels.flowScale),
                    x: rise.x / length - Double(flows[1][pixel] / FlowLabels.flowScale)
                )
                sum += difference.y * difference.y + difference.x * difference.x
            }
            return sum / Double(member.pixels.count)
        }
    }

    /// The position among the pixels of the one that is nearest to the rounded mean; the first of equally near ones.
    private func middle(of member: FlowObjects.Member) -> Int {
        let ys = member.pixels.map { $0 / volume.columns - member.rows.lowerBound }
        let xs = member.pixels.map { $0 % volume.columns - member.columns.lowerBound }
        let y = Int((Double(ys.reduce(0, +)) / Double(ys.count)).rounded(.toNearestOrEven))
        let x = Int((Double(xs.reduce(0, +)) / Double(xs.count)).rounded(.toNearestOrEven))
        let distances = zip(ys, xs).map { ($0 - y) * ($0 - y) + ($1 - x) * ($1 - x) }
        return distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }
}

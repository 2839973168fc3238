#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Compares an object's own flow with the network's.
///
/// Heat is put into the object's middle pixel, the one nearest to the medians of y and x, in each of 2 · (extent of y + extent of x)
/// rounds and spreads to the mean of nine pixels, with nothing outside; the flow is the direction in which log(1 + heat) rises, by
/// central differences.
struct FlowCheck {
    private let width: Int
    private let dy: [Double]
    private let dx: [Double]

    init(width: Int, dy: [Double], dx: [Double]) {
        self.width = width
        self.dy = dy
        self.dx = dx
    }

    /// The mean over the object's pixels of the squared distance between both flows, the network's divided by five.
    func error(of object: FlowObjects.Member) -> Double {
        let columns = object.columns.count + 2
        let places = object.pixels.map {
            ($0 / width - object.rows.lowerBound + 1) * columns + $0 % width - object.columns.lowerBound + 1
        }
        var heat = [Double](repeating: 0, count: (object.rows.count + 2) * columns)
        let middle = places[middle(of: object.pixels)]
        var next = [Double](repeating: 0, count: places.count)
        for _ in 0..<2 * (object.rows.count - 1 + object.columns.count - 1) {
            heat[middle] += 1
            for (index, place) in places.enumerated() {
                let above = heat[place - columns - 1] + heat[place - columns] + heat[place - columns + 1]
                let beside = heat[place - 1] + heat[place] + heat[place + 1]
                let below = heat[place + columns - 1] + heat[place + columns] + heat[place + columns + 1]
                next[index] = (above + beside + below) / 9
            }
            for (index, place) in places.enumerated() { heat[place] = next[index] }
        }
        for place in places { heat[place] = log(1 + heat[place]) }
        var sum = 0.0
        for (pixel, place) in zip(object.pixels, places) {
            let rise = (y: heat[place + columns] - heat[place - columns], x: heat[place + 1] - heat[place - 1])
            let length = (rise.y * rise.y + rise.x * rise.x).squareRoot() + 1e-20
            let difference = (
                y: rise.y / length - dy[pixel] / FlowLabelling.flowScale, x: rise.x / length - dx[pixel] / FlowLabelling.flowScale
            )
            sum += difference.y * difference.y + difference.x * difference.x
        }
        return sum / Double(object.pixels.count)
    }

    /// The position of the pixel that is nearest to the medians; the first of equally near ones.
    private func middle(of pixels: [Int]) -> Int {
        let ys = pixels.map { Double($0 / width) }
        let xs = pixels.map { Double($0 % width) }
        let (y, x) = (median(ys), median(xs))
        let distances = zip(ys, xs).map { ($0 - y) * ($0 - y) + ($1 - x) * ($1 - x) }
        return distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

/// Finds the places where many pixels end, and gives each pixel the number of the place in which it ends.
///
/// Ends are counted for each pixel. A seed is a pixel with more than ten ends that has the most within two pixels along all axes. It
/// grows five times by all its neighbours that have more than two ends; where seeds grow over each other, the one with more ends wins.
/// Objects of more than two fifths of the image are no objects.
struct FlowSinks {
    private let volume: FlowVolume

    init(_ volume: FlowVolume) { self.volume = volume }

    /// - Parameters:
    ///   - ends: the pixel in which each of `places` ends.
    ///   - places: the pixels inside cells.
    /// - Returns: labels for all pixels, from 1 in raster order of their first pixels.
    func labels(of ends: [Int], places: [Int]) throws(PackageError) -> [UInt32] {
        var counts = [Int32](repeating: 0, count: volume.count)
        for end in ends { counts[end] += 1 }
        var numbers = [UInt32](repeating: 0, count: volume.count)
        let seeds = seeds(counts)
        // Each grows into at most eleven pixels along each axis; real objects are far apart.
        guard seeds.count * (volume.isStack ? 1331 : 121) <= (1 << 22) + 16 * volume.count else {
            throw PackageError(
                .tensor, found: "\(seeds.count) places in \(volume.count) pixels at which flows end",
                remedy: "correct the model, or raise the threshold of the cells' value")
        }
        var seen = [Int32](repeating: -1, count: volume.count)
        for (index, seed) in seeds.enumerated() {
            for place in grown(seed, number: Int32(index), counts, &seen) { numbers[place] = UInt32(index + 1) }
        }
        var labels = [UInt32](repeating: 0, count: volume.count)
        var sizes = [Int](repeating: 0, count: seeds.count + 1)
        for (place, end) in zip(places, ends) {
            labels[place] = numbers[end]
            sizes[Int(numbers[end])] += 1
        }
        let limit = Double(volume.count) * 0.4
        for place in places where Double(sizes[Int(labels[place])]) > limit { labels[place] = 0 }
        return LabelNumbering.renumbered(labels, minSize: 0)
    }

    /// The pixels with the most ends around them, those with the fewest ends first.
    private func seeds(_ counts: [Int32]) -> [Int] {
        var seeds: [Int] = []
        for place in counts.indices where counts[place] > 10 {
            var isGreatest = true
            forEachNeighbour(of: place, within: 2) { if counts[$0] > counts[place] { isGreatest = false } }
            if isGreatest { seeds.append(place) }
        }
        return seeds.sorted { counts[$0] != counts[$1] ? counts[$0] < counts[$1] : $0 < $1 }
    }

    /// The pixels into which a seed grows; they are marked with its number.
    private func grown(_ seed: Int, number: Int32, _ counts: [Int32], _ seen: inout [Int32]) -> [Int] {
        var grown = [seed], first = 0
        seen[seed] = number
        for _ in 0..<5 {
            let front = first..<grown.count
            first = grown.count
            for index in front {
                forEachNeighbour(of: grown[index], within: 1) { place in
                    guard counts[place] > 2, seen[place] != number else { return }
                    seen[place] = number
                    grown.append(place)
                }
            }
        }
        return grown
    }

    private func forEachNeighbour(of place: Int, within reach: Int, _ visit: (Int) -> Void) {
        let (z, y, x) = volume.position(place)
        for plane in max(0, z - reach)...min(volume.planes - 1, z + reach) {
            for row in max(0, y - reach)...min(volume.rows - 1, y + reach) {
                for column in max(0, x - reach)...min(volume.columns - 1, x + reach) { visit(volume.place(plane, row, column)) }
            }
        }
    }
}

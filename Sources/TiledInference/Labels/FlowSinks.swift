/// Finds the places where many pixels end, and gives each pixel the number of the place in which it ends.
///
/// Ends are counted for each pixel. A seed is a pixel with more than ten ends that has the most within two pixels along both axes. It
/// grows five times by its neighbours (8) that have more than two ends. Seeds with more ends come first, where seeds grow over each
/// other the later one wins. Objects of more than two fifths of the image are no objects.
enum FlowSinks {
    /// Seeds near the rim grow within a frame of so many pixels.
    private static let rim = 20

    /// - Parameter ends: (y, x) for every pixel in C order, inside the image.
    static func labels(of ends: [SIMD2<Double>], height: Int, width: Int) -> [UInt32] {
        let (rows, columns) = (height + 2 * rim, width + 2 * rim)
        let places = ends.map { (Int($0.x) + rim) * columns + Int($0.y) + rim }
        var counts = [Int32](repeating: 0, count: rows * columns)
        for place in places { counts[place] += 1 }
        let seeds = seeds(counts, rows: rows, columns: columns)
        var numbers = [UInt32](repeating: 0, count: counts.count)
        for (index, seed) in seeds.enumerated() {
            for place in grown(seed, counts, columns: columns) { numbers[place] = UInt32(index + 1) }
        }
        var labels = places.map { numbers[$0] }
        var sizes = [Int](repeating: 0, count: seeds.count + 1)
        for label in labels { sizes[Int(label)] += 1 }
        let limit = Double(height * width) * 0.4
        for index in labels.indices where Double(sizes[Int(labels[index])]) > limit { labels[index] = 0 }
        return labels
    }

    private static func seeds(_ counts: [Int32], rows: Int, columns: Int) -> [Int] {
        var seeds: [Int] = []
        for place in counts.indices where counts[place] > 10 {
            // The frame keeps the neighbourhood inside.
            let isGreatest = (-2...2).allSatisfy { dy in
                (-2...2).allSatisfy { dx in counts[place + dy * columns + dx] <= counts[place] }
            }
            if isGreatest { seeds.append(place) }
        }
        return seeds.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
    }

    private static func grown(_ seed: Int, _ counts: [Int32], columns: Int) -> Set<Int> {
        var grown: Set<Int> = [seed]
        var front = [seed]
        for _ in 0..<5 {
            var next: [Int] = []
            for place in front {
                for dy in -1...1 {
                    for dx in -1...1 {
                        let neighbour = place + dy * columns + dx
                        if counts[neighbour] > 2, grown.insert(neighbour).inserted { next.append(neighbour) }
                    }
                }
            }
            front = next
        }
        return grown
    }
}

/// What is known of the values of channels that are taken together.
struct GroupStatistics {
    private(set) var count = 0.0
    private(set) var sum = 0.0
    /// The sum of the squared values.
    private(set) var squares = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity

    var mean: Double { sum / count }
    var meanSquare: Double { squares / count }
    /// The population variance.
    var variance: Double { max(0, meanSquare - mean * mean) }

    /// Adds a channel; one that is not a number is the extreme of all, as in reductions.
    mutating func add(_ places: Int, sum: Double, squares: Double, minimum: Double, maximum: Double) {
        count += Double(places)
        self.sum += sum
        self.squares += squares
        if minimum.isNaN || minimum < self.minimum { self.minimum = minimum }
        if maximum.isNaN || maximum > self.maximum { self.maximum = maximum }
    }
}

/// How far a run is: tiles, their rate and the time that is left by it.
struct TileProgress {
    let done: Int
    let all: Int
    /// Tiles that were done when the clock began: an interrupted run's are no measure of this one's rate.
    let doneBefore: Int
    /// Seconds since then.
    let seconds: Double

    /// Such as `120 of 800 tiles, 2.1 a second, 5 min left`; without a rate until there is one.
    var text: String {
        let tiles = "\(done) of \(all) tiles"
        guard done > doneBefore, seconds > 0 else { return tiles }
        let rate = Double(done - doneBefore) / seconds
        return "\(tiles), \(Self.rate(rate)), \(Self.duration(Double(all - done) / rate)) left"
    }

    private static func rate(_ perSecond: Double) -> String {
        perSecond >= 1 ? "\(Decimals.short(perSecond)) a second" : "\(Decimals.short(perSecond * 60)) a minute"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        if whole < 90 { return "\(whole) s" }
        return whole < 5400 ? "\((whole + 59) / 60) min" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

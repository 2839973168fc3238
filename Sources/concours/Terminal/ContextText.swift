import Challenges

/// What context costs a model's runs, in words.
enum ContextText {
    /// What a run reads around tiles, and which tiles are sensible; empty for networks that see the whole image.
    static func sentences(of report: ModelCheckReport) -> [String] {
        guard report.wholeImageOperators.isEmpty, !report.reaches.isEmpty else { return [] }
        if !report.window.isEmpty {
            let window = report.window.map(String.init).joined(separator: " x ")
            return ["takes windows of \(window) pixels only; from larger images a run takes overlapping ones, of which it keeps the middle"]
        }
        let contexts = report.reaches.map(\.context)
        guard let widest = contexts.max(by: { $0.before + $0.after < $1.before + $1.after }), widest.before + widest.after > 0 else {
            return []
        }
        let reading =
            "a run reads up to \(widest.before) pixels before and \(widest.after) after a tile, which is what fast convolutions in steps of "
            + "\(widest.stride) pixels need for the same bits everywhere"
        guard !report.sensibleTile.isEmpty else { return [reading] }
        let tile = report.sensibleTile.map(String.init).joined(separator: "x")
        return [
            "\(reading): tiles of \(tile) make it read twice what the image has, smaller ones more; without --tile they are as large as "
                + "--memory allows"
        ]
    }
}

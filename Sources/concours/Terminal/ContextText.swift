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
        let axes = report.reaches.compactMap { reach in reach.context.map { (reach: reach, context: $0) } }
        guard let widest = axes.max(by: { $0.context.before + $0.context.after < $1.context.before + $1.context.after }),
            widest.context.before + widest.context.after > 0
        else { return [] }
        let (reach, context) = widest
        var reading = "a run reads \(context.before) pixels before and \(context.after) after each tile"
        if context.before > reach.before ?? 0 || context.after > reach.after ?? 0 {
            reading +=
                ": more than its values depend on, since fast convolutions take pixels in groups, and networks may pad images to whole "
                + "groups; the same groups everywhere (steps of "
                + "\(context.stride)) give the same bits"
        }
        if context.stride > 1 {
            reading +=
                "; tiles are multiples of \(context.stride) pixels, and where the image is none, up to \(context.stride - 1) more are read after "
                + "each"
        }
        guard !report.sensibleTile.isEmpty else { return [reading] }
        let tile = report.sensibleTile.map(String.init).joined(separator: "x")
        return [
            reading,
            "tiles of \(tile) make a run read twice what the image has, smaller ones more; without --tile they are as large as --memory allows",
        ]
    }
}

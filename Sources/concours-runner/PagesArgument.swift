import ArgumentParser
import Imaging

/// What the pages of a TIFF are, on the command line: `AXIS`, or `NAME=AXIS` for an input of a model of several.
struct PagesArgument: ExpressibleByArgument {
    /// The input; `nil` where none is named.
    let name: String?
    let axis: Axis

    init?(argument: String) {
        let sign = argument.lastIndex(of: "=")
        guard let axis = Axis(rawValue: String(argument[(sign.map(argument.index(after:)) ?? argument.startIndex)...])),
            [.time, .channel, .z].contains(axis)
        else { return nil }
        name = sign.map { String(argument[..<$0]) }
        self.axis = axis
    }
}

/// One row of an interval plot, drawn into a table cell: a value with its interval on a scale that all rows share.
///
/// The numbers stand in the same row of the table, so the drawing is hidden from screen readers.
public struct IntervalRow: Sendable {
    /// How the value is drawn.
    public enum Marker: Sendable {
        /// A filled circle.
        case dot
        /// A ring: the value does not take part.
        case hollow
        /// A cross: the case has no result and counts as the worst value.
        case failed
    }

    /// The scale of the plot.
    public var scale: PlotScale
    /// The value; `nil` draws the grid alone.
    public var value: Double?
    /// The interval around the value.
    public var interval: ClosedRange<Double>?
    /// An interval that runs through all rows, such as that of rank 1.
    public var band: ClosedRange<Double>?
    /// A value that runs through all rows, such as a median.
    public var reference: Double?
    /// How the value is drawn.
    public var marker: Marker

    /// Makes a row of its parts.
    public init(
        scale: PlotScale, value: Double?, interval: ClosedRange<Double>? = nil, band: ClosedRange<Double>? = nil,
        reference: Double? = nil, marker: Marker = .dot
    ) {
        self.scale = scale
        self.value = value
        self.interval = interval
        self.band = band
        self.reference = reference
        self.marker = marker
    }

    /// The drawing; it fills its box in both directions.
    public var svg: String {
        var content = scale.grid
        if let band {
            content +=
                "<rect class=\"band\" x=\"\(scale.percent(band.lowerBound))\" y=\"0\" width=\"\(scale.percentWidth(band))\" "
                + "height=\"100%\" fill=\"currentColor\" fill-opacity=\".08\"/>"
        }
        if let reference {
            let x = scale.percent(reference)
            content += "<line class=\"reference\" x1=\"\(x)\" x2=\"\(x)\" y2=\"100%\" stroke=\"currentColor\" stroke-opacity=\".5\"/>"
        }
        if let interval {
            content += SVG.line(
                "mark", from: scale.percent(interval.lowerBound), to: scale.percent(interval.upperBound), y: "50%", width: "2.5")
        }
        if let value {
            let x = scale.percent(value)
            switch marker {
            case .dot: content += SVG.circle("mark", x: x, y: "50%", radius: 4.5)
            case .hollow: content += SVG.ring("mark", x: x, y: "50%", radius: 4.5)
            case .failed: content += SVG.cross("failed", x: x, y: "50%", arm: 4)
            }
        }
        return SVG.decoration("interval", content)
    }
}

extension PlotScale {
    /// The ticks with their labels, for the head of a column of rows.
    public var axis: String {
        let labels = ticks.map { SVG.label(label($0), x: percent($0), y: "80%") }
        return SVG.decoration("axis", labels.joined())
    }

    /// A thin line at each tick.
    var grid: String {
        SVG.rules(at: ticks.map(percent))
    }
}

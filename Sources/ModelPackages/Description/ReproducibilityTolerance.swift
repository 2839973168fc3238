/// How far an output may lie from its test tensor: element by element `|a - e| <= absolute + relative · |e|`, for all but
/// `mismatchedPerMillion` elements in a million.
///
/// Source: `config.bioimageio.reproducibility_tolerance` of the bioimage.io model description 0.5; the defaults are the spec's.
public struct ReproducibilityTolerance: Sendable, Equatable {
    /// The share of the expected value.
    public let relative: Double
    /// The part that does not depend on the expected value.
    public let absolute: Double
    /// Elements in a million that may lie farther off.
    public let mismatchedPerMillion: Double
    /// The outputs for which this holds; empty means all.
    public let outputs: [String]

    /// The format's default: 1e-3, 1e-3, 100 in a million.
    public static let standard = ReproducibilityTolerance(relative: 1e-3, absolute: 1e-3, mismatchedPerMillion: 100, outputs: [])

    /// States a tolerance.
    public init(relative: Double, absolute: Double, mismatchedPerMillion: Double, outputs: [String] = []) {
        self.relative = relative
        self.absolute = absolute
        self.mismatchedPerMillion = mismatchedPerMillion
        self.outputs = outputs
    }

    /// Reads an entry; `nil` if it is for other weights than ONNX.
    init?(_ node: DescriptionNode) throws(PackageError) {
        if let formats = node["weights_formats"] {
            let names = try ReproducibilityTolerance.names(formats)
            guard names.isEmpty || names.contains("onnx") else { return nil }
        }
        func value(_ key: String, _ standard: Double) throws(PackageError) -> Double {
            guard let entry = node[key] else { return standard }
            let value = try entry.double()
            guard value >= 0 else { throw entry.fault(found: "found \(entry.summary)", remedy: "write a number of at least 0") }
            return value
        }
        self.init(
            relative: try value("relative_tolerance", ReproducibilityTolerance.standard.relative),
            absolute: try value("absolute_tolerance", ReproducibilityTolerance.standard.absolute),
            mismatchedPerMillion: try value("mismatched_elements_per_million", ReproducibilityTolerance.standard.mismatchedPerMillion),
            outputs: try node["output_ids"].map { (node) throws(PackageError) in try ReproducibilityTolerance.names(node) } ?? [])
    }

    /// What holds where no entry says otherwise: the format's default, or the older `test_kwargs.onnx` of `config.bioimageio`.
    ///
    /// Format 0.4 tolerates no element beyond; `decimal: d` is an absolute tolerance of 1.5 · 10^-d.
    static func standard(_ config: DescriptionNode?, isFormatFour: Bool) throws(PackageError) -> ReproducibilityTolerance {
        let mismatched = isFormatFour ? 0 : standard.mismatchedPerMillion
        guard let node = config?["test_kwargs"]?["onnx"] else {
            return ReproducibilityTolerance(relative: standard.relative, absolute: standard.absolute, mismatchedPerMillion: mismatched)
        }
        func value(_ key: String) throws(PackageError) -> Double? {
            guard let entry = node[key] else { return nil }
            let value = try entry.double()
            guard value >= 0 else { throw entry.fault(found: "found \(entry.summary)", remedy: "write a number of at least 0") }
            return value
        }
        let relative = try value("relative_tolerance")
        let absolute = try value("absolute_tolerance")
        if relative == nil, absolute == nil, let entry = node["decimal"] {
            let decimal = try entry.int(atLeast: 0)
            guard decimal <= 30 else { throw entry.fault(found: "found \(entry.summary)", remedy: "write a number of decimals up to 30") }
            let unit = (0..<decimal).reduce(1.0) { power, _ in power / 10 }
            return ReproducibilityTolerance(relative: 0, absolute: 1.5 * unit, mismatchedPerMillion: 0)
        }
        return ReproducibilityTolerance(
            relative: relative ?? standard.relative, absolute: absolute ?? standard.absolute, mismatchedPerMillion: mismatched)
    }

    private static func names(_ node: DescriptionNode) throws(PackageError) -> [String] {
        var names: [String] = []
        for entry in try node.list() { names.append(try entry.string()) }
        return names
    }
}

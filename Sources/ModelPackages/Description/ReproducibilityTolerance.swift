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
    /// The outputs for which this holds.
    public let scope: Scope

    /// The outputs for which a tolerance holds.
    public enum Scope: Sendable, Equatable {
        /// Every output.
        case all
        /// Those of these names.
        case named([String])
        /// Those of whole numbers or truth values.
        case discrete
        /// Those of floating-point numbers.
        case continuous
    }

    /// The format's default for floating-point numbers: 1e-3, 1e-3, 100 in a million.
    public static let standard = ReproducibilityTolerance(relative: 1e-3, absolute: 1e-3, mismatchedPerMillion: 100)
    /// The format's default for whole numbers and truth values: 1000 elements in a million may differ at all.
    public static let discreteStandard = ReproducibilityTolerance(relative: 0, absolute: 0, mismatchedPerMillion: 1000)

    /// States a tolerance.
    public init(relative: Double, absolute: Double, mismatchedPerMillion: Double, scope: Scope = .all) {
        self.relative = relative
        self.absolute = absolute
        self.mismatchedPerMillion = mismatchedPerMillion
        self.scope = scope
    }

    /// Whether this holds for an output.
    func isFor(_ output: String, isDiscrete: Bool) -> Bool {
        switch scope {
        case .all: true
        case .named(let names): names.contains(output)
        case .discrete: isDiscrete
        case .continuous: !isDiscrete
        }
    }

    /// Reads an entry; `nil` if it is for other weights than ONNX. The bounds are those of format 0.5; format 0.4 has none.
    init?(_ node: DescriptionNode, isFormatFour: Bool) throws(PackageError) {
        if let formats = node["weights_formats"] {
            let names = try ReproducibilityTolerance.names(formats)
            guard names.isEmpty || names.contains("onnx") else { return nil }
        }
        func value(_ key: String, _ standard: Double, upTo most: Double = .infinity, _ rule: String) throws(PackageError) -> Double {
            guard let entry = node[key] else { return standard }
            let value = try entry.double()
            guard value >= 0, isFormatFour || value <= most else {
                throw entry.fault(found: "found \(entry.summary)", remedy: "write \(isFormatFour ? "a number of at least 0" : rule)")
            }
            return value
        }
        let scope = try node["output_ids"].map { (node) throws(PackageError) in try ReproducibilityTolerance.scope(node) } ?? .all
        let usual = scope == .discrete ? ReproducibilityTolerance.discreteStandard : .standard
        self.init(
            relative: try value("relative_tolerance", usual.relative, upTo: 0.01, "a number from 0 to 0.01"),
            absolute: try value("absolute_tolerance", usual.absolute, "a number of at least 0"),
            mismatchedPerMillion: try value(
                "mismatched_elements_per_million", usual.mismatchedPerMillion, upTo: 5000, "a number from 0 to 5000"),
            scope: scope)
    }

    /// What holds where no entry says otherwise: the format's defaults, or the older `test_kwargs.onnx` of `config.bioimageio`.
    ///
    /// Format 0.4 tolerates no element beyond; `decimal: d` is an absolute tolerance of 1.5 · 10^-d.
    static func standards(
        _ config: DescriptionNode?, isFormatFour: Bool
    ) throws(PackageError) -> (continuous: ReproducibilityTolerance, discrete: ReproducibilityTolerance) {
        let mismatched = isFormatFour ? 0 : standard.mismatchedPerMillion
        let usual = ReproducibilityTolerance(relative: standard.relative, absolute: standard.absolute, mismatchedPerMillion: mismatched)
        guard let node = config?["test_kwargs"]?["onnx"] else { return (usual, isFormatFour ? usual : discreteStandard) }
        func value(_ key: String) throws(PackageError) -> Double? {
            guard let entry = node[key] else { return nil }
            let value = try entry.double()
            guard value >= 0 else { throw entry.fault(found: "found \(entry.summary)", remedy: "write a number of at least 0") }
            return value
        }
        let relative = try value("relative_tolerance")
        let absolute = try value("absolute_tolerance")
        let legacy: ReproducibilityTolerance
        if relative == nil, absolute == nil, let entry = node["decimal"] {
            let decimal = try entry.int(atLeast: 0)
            guard decimal <= 30 else { throw entry.fault(found: "found \(entry.summary)", remedy: "write a number of decimals up to 30") }
            let unit = (0..<decimal).reduce(1.0) { power, _ in power / 10 }
            legacy = ReproducibilityTolerance(relative: 0, absolute: 1.5 * unit, mismatchedPerMillion: 0)
        } else {
            legacy = ReproducibilityTolerance(
                relative: relative ?? standard.relative, absolute: absolute ?? standard.absolute, mismatchedPerMillion: mismatched)
        }
        return (legacy, legacy)
    }

    /// A list of names, none of which means all, or one of two words.
    private static func scope(_ node: DescriptionNode) throws(PackageError) -> Scope {
        guard !node.isList else {
            let names = try names(node)
            return names.isEmpty ? .all : .named(names)
        }
        switch try node.string() {
        case "any_discrete_output": return .discrete
        case "any_continuous_output": return .continuous
        default:
            throw node.fault(
                found: "found \(node.summary)", remedy: "write a list of outputs, `any_discrete_output` or `any_continuous_output`")
        }
    }

    private static func names(_ node: DescriptionNode) throws(PackageError) -> [String] {
        var names: [String] = []
        for entry in try node.list() { names.append(try entry.string()) }
        return names
    }
}

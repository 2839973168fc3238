internal import NeuralNetwork

/// `cellpose_flow_dynamics`: labels from flows along the space axes and a last channel that is high inside objects.
///
/// Images have the channels flow along y, flow along x, inside; with `do_3D` stacks have the flow along z before them. Bioimageio.core
/// 0.11 accepts three channels only, so that `do_3D` never runs there; here it is what cellpose itself does with stacks.
/// Source: bioimage.io specification 0.5.14; compared with cellpose 4.0.8, which bioimageio.core calls.
struct CellposeFlowDynamics: LabelStep {
    let id = "cellpose_flow_dynamics"
    let method: FlowLabels
    let elementType: ElementType
    private let isStack: Bool

    init(_ arguments: StepArguments) throws(PackageError) {
        let node = arguments.node
        try node.refuseKeys(except: ["cellprob_threshold", "flow_threshold", "do_3D", "min_size", "output_dtype"])
        var method = FlowLabels()
        method.cellThreshold = try node.required("cellprob_threshold").double()
        method.flowThreshold = try node.required("flow_threshold").double()
        method.minSize = try node["min_size"].map { (entry) throws(PackageError) in try entry.int() } ?? method.minSize
        let stackNode = try node.required("do_3D")
        isStack = try stackNode.bool()
        guard isStack == arguments.axes.contains("z") else {
            throw stackNode.fault(
                found: "`do_3D: \(isStack)` on the axes \(arguments.axes.joined(separator: ", "))",
                remedy: "write `do_3D: true` for stacks, which have an axis z, and `false` for images")
        }
        switch try node["output_dtype"]?.string() ?? "uint16" {
        case "uint16": elementType = .uint16
        case "uint32": elementType = .uint32
        default:
            throw node.fault(found: "`output_dtype` is neither uint16 nor uint32", remedy: "write one of both")
        }
        self.method = method
    }

    var growth: [Int] { isStack ? [1, 1, 1] : [1, 1] }

    func check(channels: Int) throws(PackageError) {
        guard channels == growth.count + 1 else {
            let names = ["flow along z", "flow along y", "flow along x"].suffix(growth.count).joined(separator: ", ")
            throw PackageError(
                .tensor, found: "the step `\(id)` meets \(channels) channels", remedy: "give the channels \(names), inside")
        }
    }

    func labels(channels: [[Float]], shape: [Int]) throws(PackageError) -> [UInt32] {
        try method.labels(flows: Array(channels.dropLast()), cells: channels[channels.count - 1], shape: shape)
    }
}

extension NetworkError {
    /// The same where the extents of images are at fault, unless no other images would help.
    public var remedyForImages: String {
        switch kind {
        case .unknownBeforeRun, .limit: remedy
        default: "give images of extents that the network takes"
        }
    }

    /// What to do about it, in a few words.
    public var remedy: String {
        switch kind {
        case .malformed: "export the network anew, or copy the file again: it is broken"
        case .elsewhere: "keep the network and the file with its weights together, under the names that they were saved with"
        case .limit: "export a smaller network, or allow more memory where that is what it takes"
        case .graph: "repair the graph, for instance by `onnx.checker.check_model`, and export it anew"
        case .unsupported: "export the network to ONNX with operators and types that Concours has"
        case .attribute: "correct the node's attributes, or export the network anew"
        case .shape: "give inputs of the extents that the network takes, or correct the node"
        case .unknownBeforeRun: "export the network with shapes that do not depend on values"
        case .input: "give inputs of the extents and types that the network takes"
        case .internalFault: "report it with the package"
        }
    }
}

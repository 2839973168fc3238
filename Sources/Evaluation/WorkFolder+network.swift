import Foundation
import Sandbox

extension WorkFolder {
    /// The largest ONNX file that is copied.
    private static let largestNetwork = 2 << 30

    /// A copy of an ONNX file that sandboxes can read, with the file's own name.
    func copy(network: String) throws(EvaluationError) -> String {
        func fault(_ problem: String) -> EvaluationError { .failed(name: network, problems: [problem]) }
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: network, isDirectory: &isFolder) else { throw fault("there is no such file") }
        guard !isFolder.boolValue else { throw fault("is a folder; give an ONNX file, such as \(network)/weights.onnx") }
        let size = (try? files.attributesOfItem(atPath: (network as NSString).resolvingSymlinksInPath))?[.size] as? Int ?? 0
        guard size <= Self.largestNetwork else {
            let (found, most) = ByteCount.texts(size, above: Self.largestNetwork)
            throw fault("has \(found); a network of at most \(most) is read")
        }
        let file = try folder("network") + "/" + (network as NSString).lastPathComponent
        try copy(network, to: file)
        return file
    }
}

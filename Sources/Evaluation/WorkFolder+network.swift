import Foundation
import Sandbox

extension WorkFolder {
    /// The largest ONNX file that is copied.
    private static let largestNetwork = 2 << 30

    /// An ONNX file for sandboxes, with the file's own name: where it lies if every user may read it there, else a copy.
    func shown(network: String) throws(EvaluationError) -> ReadOnlyBind {
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
        let inside = "/input/" + (network as NSString).lastPathComponent
        if let place = Self.publicPlace(of: network) { return ReadOnlyBind(host: place, inside: inside) }
        let file = try folder("network") + "/network.onnx"
        try copy(network, to: file)
        return ReadOnlyBind(host: file, inside: inside)
    }

    /// The path, without links, of a regular file that every user may read; `nil` if some may not.
    private static func publicPlace(of file: String) -> String? {
        let path = PublicPath.resolved(file)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return PublicPath.isReadable(path) && PublicPath.closedFolders(above: path).isEmpty ? path : nil
    }
}

import Challenges
import Foundation
import Sandbox

extension WorkFolder {
    /// The largest ONNX file that is copied.
    private static let largestNetwork = 2 << 30

    /// An ONNX file for sandboxes, and behind it the file of its external weights if one of the usual name lies beside it.
    func shown(network: String) throws(EvaluationError) -> [ReadOnlyBind] {
        let bind = try shown(file: network, copiedAs: "network.onnx")
        guard let data = NetworkFile.data(beside: network) else { return [bind] }
        guard Self.isLink(network) || !Self.isLink(data) else {
            throw .failed(name: data, problems: ["is a link to another place; put the file of the external weights there itself"])
        }
        return [bind, try shown(file: data, copiedAs: "network.data")]
    }

    /// A file with its own name: where it lies if every user may read it there, else a copy.
    private func shown(file network: String, copiedAs name: String) throws(EvaluationError) -> ReadOnlyBind {
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
        let copied = try folder("network") + "/" + name
        try copy(network, to: copied)
        return ReadOnlyBind(host: copied, inside: inside)
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The path, without links, of a regular file that every user may read; `nil` if some may not.
    private static func publicPlace(of file: String) -> String? {
        let path = PublicPath.resolved(file)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return PublicPath.isReadable(path) && PublicPath.closedFolders(above: path).isEmpty ? path : nil
    }
}

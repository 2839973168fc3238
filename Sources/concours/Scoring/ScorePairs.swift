import Foundation

/// Truth and prediction files that belong together: two files, or all of two folders by their names.
struct ScorePairs {
    struct Pair {
        let id: String
        let truth: String
        let prediction: String
    }

    let pairs: [Pair]

    /// In folders, files belong together whose names are equal up to the first dot. A file without a partner is a failure,
    /// since leaving it out would make the mean better than it is.
    init(truth: String, prediction: String) throws {
        switch (Self.isFolder(truth), Self.isFolder(prediction)) {
        case (false, false):
            let name = (truth as NSString).lastPathComponent
            pairs = [Pair(id: Self.stem(name), truth: truth, prediction: prediction)]
        case (true, true):
            let truths = try Self.images(in: truth)
            let predictions = try Self.images(in: prediction)
            let onlyTruth = Set(truths.keys).subtracting(predictions.keys).sorted()
            let onlyPrediction = Set(predictions.keys).subtracting(truths.keys).sorted()
            if !onlyTruth.isEmpty || !onlyPrediction.isEmpty {
                throw CommandFailure.failed(
                    "the folders do not hold the same cases: "
                        + [("without a prediction", onlyTruth), ("without a truth", onlyPrediction)].filter { !$0.1.isEmpty }
                        .map { "\($0.1.joined(separator: ", ")) \($0.0)" }.joined(separator: "; ")
                        + "; files belong together whose names are equal up to the first dot")
            }
            pairs = truths.sorted { $0.key < $1.key }.map { id, file in
                Pair(id: id, truth: truth + "/" + file, prediction: prediction + "/" + (predictions[id] ?? file))
            }
            if pairs.isEmpty { throw CommandFailure.failed("\(truth): no image (.tif, .tiff, .png, .npy) is there") }
        default:
            throw CommandFailure.usage("--truth and --prediction have to be two files or two folders")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func stem(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    private static func images(in folder: String) throws -> [String: String] {
        var images: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            guard ["tif", "tiff", "png", "npy"].contains((name as NSString).pathExtension.lowercased()), !name.hasPrefix(".") else {
                continue
            }
            if let other = images.updateValue(name, forKey: stem(name)) {
                throw CommandFailure.failed("\(folder): \(other) and \(name) would be the same case; keep label images only")
            }
        }
        return images
    }
}

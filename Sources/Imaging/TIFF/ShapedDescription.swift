import FoundationEssentials

/// The JSON that tifffile keeps in the first page's description: `{"shape": [2, 64, 64], "axes": "ZYX"}`.
struct ShapedDescription: Decodable {
    let shape: [Int]
    let axes: String?
    let truncated: Bool?

    /// `nil` if the description is not of this kind.
    init?(_ text: String) {
        guard text.hasPrefix("{\"shape\""), text.utf8.count <= 1 << 16,
            let decoded = try? JSONDecoder().decode(ShapedDescription.self, from: Data(text.utf8))
        else { return nil }
        self = decoded
    }

    /// The stack of pages; `nil` if the description is not of these pages, as after editing by a tool that kept it.
    func stack(pages: Int, page: TIFFPage, resolution: TIFFResolution, of file: ByteFile) throws(ImageError) -> TIFFStack? {
        guard truncated != true else {
            throw file.error(
                .unsupported, "tifffile wrote this file with truncate=True: planes after the first have no directories. Write it without.")
        }
        let leading = shape.count - page.shape.count
        guard leading >= 0, Array(shape[leading...]) == page.shape else { return nil }
        let names = axes.map { Array($0) } ?? []
        var named: [(axis: Axis?, extent: Int)] = []
        for index in 0..<leading where shape[index] != 1 {
            let name = names.count == shape.count ? Axis(rawValue: names[index].lowercased()) : nil
            named.append((name, shape[index]))
        }
        var product = 1
        for (_, extent) in named {
            guard (2...max(pages, 2)).contains(extent), product <= pages else { return nil }
            product *= extent
        }
        guard product == pages else { return nil }
        let known = named.compactMap(\.axis).filter { [.time, .channel, .z].contains($0) }
        guard known.count == named.count, Set(known).count == known.count else {
            guard named.count <= 1 else {
                throw file.error(
                    .unsupported,
                    "the file holds an array of shape \(shape) without names for its axes. Write it with axes of t, c, z, y, x, as ImageJ or OME-TIFF."
                )
            }
            return nil
        }
        return TIFFStack(
            fastest: zip(known, named).reversed().map { ($0, $1.extent) }, geometry: ImageGeometry(spacing: resolution.physicalSpacing))
    }
}

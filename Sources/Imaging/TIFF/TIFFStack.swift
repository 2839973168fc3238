/// How the pages of a TIFF make one image: the axes that go through the pages, and the page of each plane.
struct TIFFStack {
    /// Axes over pages in the order t, c, z; those of extent 1 are left out.
    let axes: [Axis]
    let shape: [Int]
    /// `pages[plane]` is the page (from 0) of each plane in C order over `axes`.
    let pages: [Int]
    /// Where the pixels lie, as far as the description says it.
    let geometry: ImageGeometry

    /// The order of the axes in every image that is read.
    private static let order: [Axis] = [.time, .channel, .z]

    /// Pages counted through `fastest` first; an axis that is not named has extent 1. The product is the number of pages.
    init(fastest: [(axis: Axis, extent: Int)], geometry: ImageGeometry) {
        var strides: [Axis: Int] = [:]
        var stride = 1
        for (axis, extent) in fastest {
            strides[axis] = stride
            stride *= extent
        }
        let extents = Dictionary(uniqueKeysWithValues: fastest.map { ($0.axis, $0.extent) })
        self.init(extents: extents, geometry: geometry) { time, channel, z in
            time * (strides[.time] ?? 0) + channel * (strides[.channel] ?? 0) + z * (strides[.z] ?? 0)
        }
    }

    /// Pages given plane by plane.
    init(extents: [Axis: Int], geometry: ImageGeometry, page: (_ time: Int, _ channel: Int, _ z: Int) -> Int) {
        let named = TIFFStack.order.map { ($0, extents[$0] ?? 1) }
        axes = named.filter { $0.1 > 1 }.map(\.0)
        shape = named.filter { $0.1 > 1 }.map(\.1)
        self.geometry = geometry
        var pages: [Int] = []
        pages.reserveCapacity(named.reduce(1) { $0 * $1.1 })
        for time in 0..<named[0].1 {
            for channel in 0..<named[1].1 {
                for z in 0..<named[2].1 { pages.append(page(time, channel, z)) }
            }
        }
        self.pages = pages
    }

    /// Finds out what the first page's description says; without one that is known, pages are z.
    ///
    /// - Parameters:
    ///   - pages: number of pages; `page`: what they look like.
    ///   - named: what pages are of which the file does not say it; a file that says something else is refused.
    ///   - resolution: the first page's resolution tags.
    static func find(
        description: String?, pages: Int, named: Axis? = nil, page: TIFFPage, resolution: TIFFResolution, of file: ByteFile
    ) throws(ImageError) -> TIFFStack {
        let plain = TIFFStack(fastest: [(named ?? .z, pages)], geometry: ImageGeometry(spacing: resolution.physicalSpacing))
        guard let description else { return plain }
        if description.hasPrefix("ImageJ=") {
            let stack = try ImageJDescription(description).stack(pages: pages, named: named, resolution: resolution, of: file)
            return try stack.checked(named, by: "the ImageJ description", of: file)
        }
        if let xml = OMEDescription.xml(in: description) {
            return try OMEDescription(xml, of: file).stack(pages: pages, page: page, of: file).checked(named, by: "the OME-XML", of: file)
        }
        if let shaped = ShapedDescription(description),
            let stack = try shaped.stack(pages: pages, page: page, resolution: resolution, of: file)
        {
            return try stack.checked(named, by: "tifffile's description", of: file)
        }
        return plain
    }

    /// Refuses a stack whose pages are to be something else than what its file says.
    private func checked(_ named: Axis?, by source: String, of file: ByteFile) throws(ImageError) -> TIFFStack {
        guard let named, !axes.isEmpty, axes != [named] else { return self }
        let own = zip(axes, shape).map { "\($0.rawValue) (\($1))" }.joined(separator: ", ")
        throw file.error(.unsuitable, "the pages are to be \(named.rawValue), but \(source) says that they are \(own). Leave that out.")
    }
}

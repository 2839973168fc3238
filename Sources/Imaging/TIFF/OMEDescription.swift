/// The OME-XML of an OME-TIFF, as far as it says which page is which plane, and where the pixels lie.
///
/// Read: one `Image` with its `Pixels` (sizes, DimensionOrder, PhysicalSize), `TiffData` and the first plane's `Plane` (Position).
/// Several images, or planes in other files, are errors. Source: OME-TIFF specification 6.0, schema 2016-06.
struct OMEDescription {
    private let pixels: XMLElements.Element
    private let planes: [XMLElements.Element]
    /// What is said of the plane that comes first along all axes, if it comes first in the text too.
    private let firstPlane: XMLElements.Element?
    private let samplesPerChannel: [Int]

    /// The description if it is OME-XML.
    static func xml(in description: String) -> String? {
        let start = description.utf8.prefix(4096)
        guard start.first == UInt8(ascii: "<") || start.first == 0xEF else { return nil }
        return String(Substring(start)).contains("<OME") || String(Substring(start)).contains(":OME") ? description : nil
    }

    init(_ xml: String, of file: ByteFile) throws(ImageError) {
        let elements: [XMLElements.Element]
        do {
            elements = try XMLElements.read(
                xml, names: ["OME", "Image", "Pixels", "Channel", "TiffData", "UUID", "BinaryOnly"], first: ["Plane"])
        } catch {
            throw file.error(.malformed, "the OME-XML is not readable: \(error.message)")
        }
        func fail(_ kind: ImageError.Kind, _ message: String) -> ImageError { file.error(kind, message) }

        let images = elements.filter { $0.name == "Image" }
        let pixels = elements.filter { $0.name == "Pixels" }
        guard !elements.contains(where: { $0.name == "BinaryOnly" }) else {
            throw fail(.unsupported, "the OME-XML lies in another file (BinaryOnly). Save the image as one file.")
        }
        guard images.count == 1, pixels.count == 1 else {
            throw fail(.unsupported, "the OME-XML describes \(images.count) images; expected one. Save each as a file of its own.")
        }
        let own = elements.first { $0.name == "OME" }?.attributes["UUID"]
        for uuid in elements where uuid.name == "UUID" {
            guard own == nil || uuid.text == own else {
                throw fail(
                    .unsupported, "planes lie in other files (\(uuid.attributes["FileName"] ?? uuid.text)). Save the image as one file.")
            }
        }
        self.pixels = pixels[0]
        planes = elements.filter { $0.name == "TiffData" }
        firstPlane = elements.first { plane in
            plane.name == "Plane" && ["TheZ", "TheC", "TheT"].allSatisfy { plane.attributes[$0] == "0" }
        }
        samplesPerChannel = elements.filter { $0.name == "Channel" }.map { Int($0.attributes["SamplesPerPixel"] ?? "1") ?? 0 }
    }

    func stack(pages: Int, page: TIFFPage, of file: ByteFile) throws(ImageError) -> TIFFStack {
        guard try size("SizeX", of: file) == page.width, try size("SizeY", of: file) == page.height else {
            throw file.error(.malformed, "the OME-XML's SizeX and SizeY are not the page's \(page.width) x \(page.height).")
        }
        var sizes: [Axis: Int] = [
            .z: try size("SizeZ", of: file), .time: try size("SizeT", of: file), .channel: try size("SizeC", of: file),
        ]
        if page.samples > 1 {
            guard sizes[.channel] == page.samples, samplesPerChannel.count <= 1 else {
                throw file.error(
                    .unsupported,
                    "the OME-XML has \(sizes[.channel] ?? 0) channels in pages of \(page.samples) samples; expected as many as samples.")
            }
            sizes[.channel] = 1
        }
        let text = pixels.attributes["DimensionOrder"] ?? ""
        let order = text.dropFirst(2).compactMap { Axis(rawValue: $0.lowercased()) }
        guard text.count == 5, text.hasPrefix("XY"), Set(order) == [.z, .channel, .time] else {
            throw file.error(
                .malformed, "the OME-XML's DimensionOrder is \"\(text.prefix(20))\"; expected XY and then Z, C, T in some order.")
        }
        let count = sizes.values.reduce(1, *)
        guard count <= pages else {
            throw file.error(.malformed, "the OME-XML describes \(count) planes, but the file has \(pages) pages.")
        }
        guard count == pages else {
            throw file.error(
                .unsupported, "the file has \(pages) pages, of which the OME-XML describes \(count). Save one image in one file.")
        }
        let table = try pageOfPlane(order: order, sizes: sizes, pages: pages, of: file)
        let strides = strides(order, sizes)
        return TIFFStack(extents: sizes, geometry: geometry) { time, channel, z in
            table[time * (strides[.time] ?? 0) + channel * (strides[.channel] ?? 0) + z * (strides[.z] ?? 0)]
        }
    }

    /// The page of each plane, planes counted in DimensionOrder. Every plane must have exactly one.
    private func pageOfPlane(order: [Axis], sizes: [Axis: Int], pages: Int, of file: ByteFile) throws(ImageError) -> [Int] {
        // No TiffData, or one without any attribute: all planes in order.
        guard let only = planes.first else { return Array(0..<pages) }
        if planes.count == 1, only.attributes.isEmpty { return Array(0..<pages) }
        let strides = strides(order, sizes)
        var table = [Int](repeating: -1, count: pages)
        for plane in planes {
            let page = try number("IFD", of: plane, file) ?? 0
            var first = 0
            for (axis, key) in [(Axis.z, "FirstZ"), (.channel, "FirstC"), (.time, "FirstT")] {
                let index = try number(key, of: plane, file) ?? 0
                guard index < sizes[axis] ?? 1 else {
                    throw file.error(.malformed, "the OME-XML's TiffData has \(key)=\(index), which is outside of the image.")
                }
                first += index * (strides[axis] ?? 0)
            }
            let count = try number("PlaneCount", of: plane, file) ?? (plane.attributes["IFD"] == nil ? pages : 1)
            guard page <= pages, first <= pages, count <= pages - page, count <= pages - first else {
                throw file.error(
                    .malformed, "the OME-XML's TiffData counts \(count) planes from page \(page); the file has \(pages) pages.")
            }
            for offset in 0..<count {
                guard table[first + offset] < 0 else {
                    throw file.error(.malformed, "the OME-XML gives two pages to plane \(first + offset).")
                }
                table[first + offset] = page + offset
            }
        }
        if let missing = table.firstIndex(where: { $0 < 0 }) {
            throw file.error(
                .malformed, "the OME-XML gives no page to plane \(missing) (in the order \(pixels.attributes["DimensionOrder"] ?? "")).")
        }
        return table
    }

    private func strides(_ order: [Axis], _ sizes: [Axis: Int]) -> [Axis: Int] {
        var strides: [Axis: Int] = [:]
        var stride = 1
        for axis in order {
            strides[axis] = stride
            stride *= sizes[axis] ?? 1
        }
        return strides
    }

    /// Sizes in lengths become micrometres, others stay numbers without a unit; times become seconds. A position counts where it is
    /// measured as the size is: one in the schema's `reference frame` beside a size in micrometres says nothing.
    private var geometry: ImageGeometry {
        var geometry = ImageGeometry()
        for (axis, letter) in [(Axis.x, "X"), (.y, "Y"), (.z, "Z")] {
            guard let text = pixels.attributes["PhysicalSize\(letter)"], let size = Double(text), size > 0, size.isFinite else { continue }
            let length = LengthUnit.micrometres(pixels.attributes["PhysicalSize\(letter)Unit"] ?? "\u{B5}m")
            var places = ImageGeometry.AxisPlaces(
                distance: size * (length ?? 1), unit: length == nil ? nil : ImageGeometry.micrometre)
            let unit = LengthUnit.micrometres(firstPlane?.attributes["Position\(letter)Unit"] ?? OMEXML.unknownLength)
            if let text = firstPlane?.attributes["Position\(letter)"], let position = Double(text), position.isFinite,
                (unit == nil) == (length == nil)
            {
                places.origin = position * (unit ?? 1)
            }
            geometry[axis] = places
        }
        if let text = pixels.attributes["TimeIncrement"], let interval = Double(text), interval > 0, interval.isFinite,
            let seconds = TimeUnit.seconds(pixels.attributes["TimeIncrementUnit"] ?? "s")
        {
            geometry[.time] = ImageGeometry.AxisPlaces(distance: interval * seconds, unit: "second")
        }
        return geometry
    }

    private func size(_ key: String, of file: ByteFile) throws(ImageError) -> Int {
        guard let text = pixels.attributes[key], let value = Int(text), (1...Int(Int32.max)).contains(value),
            key == "SizeX" || key == "SizeY" || value <= 65_536
        else {
            throw file.error(
                .malformed, "the OME-XML's \(key) is \"\((pixels.attributes[key] ?? "").prefix(20))\"; expected a count from 1.")
        }
        return value
    }

    private func number(_ key: String, of element: XMLElements.Element, _ file: ByteFile) throws(ImageError) -> Int? {
        guard let text = element.attributes[key] else { return nil }
        guard let value = Int(text), (0...Int(Int32.max)).contains(value) else {
            throw file.error(.malformed, "the OME-XML's \(element.name) has \(key)=\"\(text.prefix(20))\"; expected a count from 0.")
        }
        return value
    }
}

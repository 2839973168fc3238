import CImageFormats

/// Writes PNG with libpng: 8 or 16 bits, gray or RGB, each with or without alpha.
enum PNGWriter {
    static func write(_ image: Image, isLabel: Bool, to path: String) throws(ImageError) {
        let isGray = image.axes == [.y, .x]
        guard isGray || (image.axes == [.y, .x, .channel] && image.shape[2] <= 4) else {
            let axes = image.axes.map(\.rawValue).joined(separator: ", ")
            throw ImageError(
                .unsuitable, file: path,
                "the image has axes (\(axes)) and shape \(image.shape); PNG holds (y, x), or (y, x, c) with c up to 4. Write a .tif.")
        }
        guard image.shape[0] <= Int32.max, image.shape[1] <= Int32.max else {
            throw ImageError(.unsuitable, file: path, "the image is larger than PNG allows: \(image.shape).")
        }
        var layout = cif_png_layout(
            width: UInt32(image.shape[1]), height: UInt32(image.shape[0]), samples: isGray ? 1 : UInt16(image.shape[2]), bits: 8,
            is_palette: 0)
        let perMetre = [Axis.x, .y].map { axis in pixelsPerMetre(image.spacing[axis]) }
        try AtomicFile.make(path) { (file) throws(ImageError) in
            var message = cif_message()
            let code: Int32
            switch image.pixels {
            case .uint8(let values):
                code = cif_png_write(file.descriptor, &layout, values, isLabel ? 1 : 0, perMetre, &message)
            case .uint16(let values):
                layout.bits = 16
                code = cif_png_write(file.descriptor, &layout, values, isLabel ? 1 : 0, perMetre, &message)
            default:
                throw ImageError(
                    .unsuitable, file: path, "the pixels are \(image.pixels.type.rawValue); PNG holds uint8 and uint16. Write a .tif.")
            }
            guard code == 0 else { throw ImageError(.unwritable, file: path, "libpng: \(TIFFReader.text(message)).") }
        }
    }

    /// Whole pixels per metre, as pHYs wants them; 0 where the spacing is not known or cannot be said.
    private static func pixelsPerMetre(_ spacing: Double?) -> UInt32 {
        guard let spacing, spacing > 0 else { return 0 }
        let value = (1e6 / spacing).rounded()
        return value >= 1 && value <= Double(Int32.max) ? UInt32(value) : 0
    }
}

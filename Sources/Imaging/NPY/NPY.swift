/// NumPy's array files (`.npy`), versions 1.0, 2.0 and 3.0.
///
/// Source: numpy.lib.format. Object arrays (pickles), structures, complex numbers and text are refused; nothing is ever executed.
public enum NPY {
    /// Reads an array in C or Fortran order and either byte order; the result is in C order.
    ///
    /// bool becomes uint8 (0 or 1), int8 and int16 become int32, float16 becomes float32; 64-bit integers become int32 or uint32 if all
    /// values fit, else it is an error.
    public static func read(_ path: String, limits: ImageLimits = .standard) throws(ImageError) -> NPYArray {
        try NPYReader(try ByteFile(path), limits: limits).read()
    }

    /// The extents of an array, from its header alone; the file must have exactly the bytes that it claims.
    public static func shape(_ path: String, limits: ImageLimits = .standard) throws(ImageError) -> [Int] {
        try NPYReader(try ByteFile(path), limits: limits).shape
    }

    /// NumPy's name of the type in which a file holds an array, such as `int16`, from its header alone.
    public static func typeName(_ path: String) throws(ImageError) -> String {
        try NPYReader(try ByteFile(path), limits: ImageLimits(pixelBytes: .max)).type.rawValue
    }

    /// The most bytes that a header takes.
    public static let headBytes = 12 + (1 << 16)

    /// The extents of an array of which only the first bytes are at hand; its file must have exactly the bytes that the header claims.
    public static func shape(head: [UInt8], size: Int, name: String, limits: ImageLimits = .standard) throws(ImageError) -> [Int] {
        try NPYReader(ByteFile(head: head, size: size, named: name), limits: limits).shape
    }

    /// Writes version 1.0, C order, little endian. The file appears only when it is complete.
    public static func write(_ array: NPYArray, to path: String) throws(ImageError) {
        guard array.shape.allSatisfy({ $0 >= 0 }),
            array.shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == array.pixels.count
        else {
            throw ImageError(.unsuitable, file: path, "the shape \(array.shape) does not fit \(array.pixels.count) values.")
        }
        try AtomicFile.make(path) { (file) throws(ImageError) in
            try file.append(head(shape: array.shape, type: array.pixels.type))
            try file.append(values: array.pixels)
        }
    }

    /// What stands in front of the values of an array, in C order and little endian: version 1.0, a multiple of 64 bytes.
    static func head(shape: [Int], type: PixelType) -> [UInt8] {
        let codes: [PixelType: String] = [.uint8: "|u1", .uint16: "<u2", .uint32: "<u4", .int32: "<i4", .float32: "<f4", .float64: "<f8"]
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(codes[type] ?? "")', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes; the whole ends with a line feed.
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let length = text.utf8.count
        return NPYReader.signature + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}

import Imaging
import Testing

@Suite("PNG and NPY files that lie")
struct HostilePNGTests {
    @Test("The honest file that the lies are made from can be read")
    func honest() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(PNGLie.signature + PNGLie.header() + PNGLie.pixels + PNGLie.end, "a.png")
        #expect(try ImageFile.read(path).pixels == .uint8((1...12).map { UInt8($0) }))
        #expect(throws: ImageError.self) { try ImageFile.read(path, limits: ImageLimits(pixelBytes: 11)) }
    }

    @Test("A lie of a PNG is an error that names it", arguments: PNGLie.all)
    func lies(_ lie: PNGLie) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ImageError.self) { try ImageFile.read(folder.write(lie.bytes, "lie.png")) }
        #expect(error?.message.contains(lie.message) == true, "\(error?.description ?? "")")
    }

    static let headers: [(String, String)] = [
        ("{'descr': '<u2', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "limit"),
        ("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }", "12 bytes of values"),
        ("{'descr': '<u2', 'fortran_order': False, 'shape': (-1, 3), }", "extent"),
        ("{'descr': '<u2', 'fortran_order': False, }", "lacks"),
        ("{'descr': '<u2', 'fortran_order': Maybe, 'shape': (1, 4), }", "True or False"),
        ("{'descr': '<u2', 'descr': '<u2', 'fortran_order': False, 'shape': (1, 4), }", "twice"),
        ("{'descr': '<u2', 'fortran_order': False, 'shape': (1, 4), 'x': 1}", "'x'"),
        ("{'descr': '<u2', 'fortran_order': False, 'shape': (1, 4), } + 1", "end of the header"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1, 4), }", "pickle"),
        ("{'descr': '|u2', 'fortran_order': False, 'shape': (1, 4), }", "'|u2'"),
        ("__import__('os')", "'{'"),
        ("", "'{'"),
    ]

    @Test("A lie of an NPY header is an error that names it", arguments: headers)
    func npy(_ text: String, _ message: String) throws {
        let folder = try TemporaryFolder()
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        func file(_ text: String) -> [UInt8] { start + [UInt8(text.utf8.count), 0] + Array(text.utf8) + [1, 0, 2, 0, 3, 0, 4, 0] }

        let honest = try folder.write(file("{\"shape\": (1, 4), 'fortran_order':False,'descr':'<u2'}\n"), "a.npy")
        #expect(try NPY.read(honest) == NPYArray(shape: [1, 4], pixels: .uint16([1, 2, 3, 4])))
        let error = #expect(throws: ImageError.self) { try NPY.read(folder.write(file(text), "lie.npy")) }
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("An NPY header of 4 GiB, an unknown version and a cut file are errors")
    func npyStructure() throws {
        let folder = try TemporaryFolder()
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        for bytes in [magic, magic + [1, 0, 10, 0], magic + [9, 0, 0, 0, 0, 0], magic + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]] {
            #expect(throws: ImageError.self) { try NPY.read(folder.write(bytes, "lie.npy")) }
        }
    }
}

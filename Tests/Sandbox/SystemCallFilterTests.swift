import Sandbox
import Testing

@Suite("The system call filter, interpreted")
struct SystemCallFilterTests {
    private static let allow: UInt32 = 0x7FFF_0000
    private static let kill: UInt32 = 0x8000_0000
    private static let notPermitted: UInt32 = 0x0005_0001
    private static let notImplemented: UInt32 = 0x0005_0026
    private static let familyNotSupported: UInt32 = 0x0005_0061

    @Test("Ordinary calls pass", arguments: SystemCallFilter.Architecture.allCases)
    func ordinary(architecture: SystemCallFilter.Architecture) {
        // read, write, openat, mmap, futex, exit_group, execve, and a number that no kernel has yet.
        let numbers: [UInt32] = architecture == .x86_64 ? [0, 1, 257, 9, 202, 231, 59, 999] : [63, 64, 56, 222, 98, 94, 221, 999]
        for number in numbers { #expect(answer(architecture, number) == Self.allow) }
    }

    @Test("Dangerous calls are refused", arguments: SystemCallFilter.Architecture.allCases)
    func dangerous(architecture: SystemCallFilter.Architecture) {
        // ptrace, mount, unshare, setns, bpf, open_by_handle_at, reboot, init_module, mknodat, kexec_load, pidfd_getfd
        let refused: [UInt32] =
            architecture == .x86_64
            ? [101, 165, 272, 308, 321, 304, 169, 175, 259, 246, 438] : [117, 40, 97, 268, 280, 265, 142, 105, 33, 104, 438]
        for number in refused { #expect(answer(architecture, number) == Self.notPermitted, "\(number)") }
        // io_uring_setup, userfaultfd, keyctl, clone3, fsopen
        let absent: [UInt32] = architecture == .x86_64 ? [425, 323, 250, 435, 430] : [425, 282, 219, 435, 430]
        for number in absent { #expect(answer(architecture, number) == Self.notImplemented, "\(number)") }
    }

    @Test("Another architecture's calls end the process; x32 calls do not exist")
    func otherArchitectures() {
        let filter = SystemCallFilter(architecture: .x86_64, deniesMemoryFiles: false)
        #expect(interpret(filter, SystemCall(number: 20, architecture: 0x4000_0003)) == Self.kill)
        #expect(interpret(filter, SystemCall(number: 0, architecture: 0xC000_00B7)) == Self.kill)
        #expect(answer(.x86_64, 0x4000_0000 | 39) == Self.notImplemented)
        #expect(answer(.x86_64, 0x3FFF_FFFF) == Self.allow)
    }

    @Test("clone makes threads and processes, and no namespaces", arguments: SystemCallFilter.Architecture.allCases)
    func clone(architecture: SystemCallFilter.Architecture) {
        let clone: UInt32 = architecture == .x86_64 ? 56 : 220
        for flags: UInt64 in [17, 0x003D_0F00, 0x0120_0011] {
            #expect(answer(architecture, clone, [flags]) == Self.allow)
        }
        for flag: UInt64 in [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000] {
            #expect(answer(architecture, clone, [flag | 17]) == Self.notPermitted)
        }
    }

    @Test("Only unix, inet and inet6 sockets exist", arguments: SystemCallFilter.Architecture.allCases)
    func sockets(architecture: SystemCallFilter.Architecture) {
        for call: UInt32 in architecture == .x86_64 ? [41, 53] : [198, 199] {
            for family: UInt64 in 0..<64 {
                let isAllowed = [1, 2, 10].contains(family)
                #expect(answer(architecture, call, [family]) == (isAllowed ? Self.allow : Self.familyNotSupported))
            }
        }
    }

    @Test("ioctl cannot type into a terminal, personality cannot change", arguments: SystemCallFilter.Architecture.allCases)
    func arguments(architecture: SystemCallFilter.Architecture) {
        let ioctl: UInt32 = architecture == .x86_64 ? 16 : 29
        #expect(answer(architecture, ioctl, [0, 0x5401]) == Self.allow)
        #expect(answer(architecture, ioctl, [0, 0x5412]) == Self.notPermitted)
        #expect(answer(architecture, ioctl, [0, 0x541C]) == Self.notPermitted)
        let personality: UInt32 = architecture == .x86_64 ? 135 : 92
        #expect(answer(architecture, personality, [0]) == Self.allow)
        #expect(answer(architecture, personality, [0xFFFF_FFFF]) == Self.allow)
        #expect(answer(architecture, personality, [0x0040000]) == Self.notPermitted)
    }

    @Test("Memory files are refused where only the address space bounds memory", arguments: SystemCallFilter.Architecture.allCases)
    func memoryFiles(architecture: SystemCallFilter.Architecture) {
        let call: UInt32 = architecture == .x86_64 ? 319 : 279
        #expect(answer(architecture, call) == Self.allow)
        let strict = SystemCallFilter(architecture: architecture, deniesMemoryFiles: true)
        #expect(interpret(strict, SystemCall(number: call, architecture: architecture.auditNumber)) == Self.notPermitted)
    }

    @Test("Every number up to 600 comes to an answer, and the bytes have eight per instruction")
    func terminates() {
        for architecture in SystemCallFilter.Architecture.allCases {
            for number: UInt32 in 0..<600 { #expect(answer(architecture, number) != nil) }
            let filter = SystemCallFilter(architecture: architecture, deniesMemoryFiles: true)
            #expect(filter.bytes.count == 8 * filter.instructions.count)
            #expect(filter.instructions.count < 4096)
            #expect(Array(filter.bytes.prefix(8)) == [0x20, 0, 0, 0, 4, 0, 0, 0])
        }
    }

    private func answer(_ architecture: SystemCallFilter.Architecture, _ number: UInt32, _ arguments: [UInt64] = []) -> UInt32? {
        let filter = SystemCallFilter(architecture: architecture, deniesMemoryFiles: false)
        return interpret(filter, SystemCall(number: number, architecture: architecture.auditNumber, arguments: arguments))
    }
}

/// `struct seccomp_data`.
private struct SystemCall {
    var number: UInt32
    var architecture: UInt32
    var arguments: [UInt64] = []

    func word(at offset: UInt32) -> UInt32? {
        switch offset {
        case 0: number
        case 4: architecture
        case 16..<64 where offset % 4 == 0:
            {
                let index = Int(offset - 16) / 8
                let value = index < arguments.count ? arguments[index] : 0
                return UInt32(truncatingIfNeeded: offset % 8 == 0 ? value : value >> 32)
            }()
        default: nil
        }
    }
}

/// Runs a filter as the kernel would; `nil` if it runs off its end, jumps out, or contains what the kernel refuses.
private func interpret(_ filter: SystemCallFilter, _ call: SystemCall) -> UInt32? {
    var accumulator: UInt32 = 0
    var position = 0
    while position < filter.instructions.count {
        let instruction = filter.instructions[position]
        let isTrue: Bool
        switch instruction.code {
        case 0x20:
            guard let word = call.word(at: instruction.operand) else { return nil }
            accumulator = word
            position += 1
            continue
        case 0x06: return instruction.operand
        case 0x15: isTrue = accumulator == instruction.operand
        case 0x35: isTrue = accumulator >= instruction.operand
        case 0x45: isTrue = accumulator & instruction.operand != 0
        default: return nil
        }
        position += 1 + Int(isTrue ? instruction.ifTrue : instruction.ifFalse)
    }
    return nil
}

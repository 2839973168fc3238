/// The system call filter of a sandbox: a classic BPF program as `bwrap --seccomp` takes it.
///
/// A list of denials on top of namespaces and limits: what lets sandboxes reach the kernel's large surfaces or each other.
/// A call of another architecture (also the 32-bit entry of x86-64) ends the process. Namespaces do not cover every socket family
/// (vsock, netlink), so only unix, inet and inet6 sockets exist.
/// Layout of the program and of `seccomp_data`: Linux, `Documentation/userspace-api/seccomp_filter.rst`.
package struct SystemCallFilter: Sendable {
    /// A machine's call numbers and calling convention.
    package enum Architecture: Sendable, CaseIterable {
        case x86_64, aarch64

        /// The machine that this program was built for.
        package static var current: Architecture {
            #if arch(arm64)
                .aarch64
            #else
                .x86_64
            #endif
        }

        /// `AUDIT_ARCH_…`.
        package var auditNumber: UInt32 { self == .x86_64 ? 0xC000_003E : 0xC000_00B7 }
    }

    /// One BPF instruction, `struct sock_filter`.
    package struct Instruction: Sendable, Hashable {
        package var code: UInt16
        package var ifTrue: UInt8 = 0
        package var ifFalse: UInt8 = 0
        package var operand: UInt32
    }

    /// The numbers of the errors that denied calls return.
    package enum ErrorNumber {
        package static let notPermitted: UInt32 = 1
        package static let notImplemented: UInt32 = 38
        package static let operationNotSupported: UInt32 = 95
        package static let familyNotSupported: UInt32 = 97
    }

    /// The program.
    package private(set) var instructions: [Instruction] = []

    /// Builds the filter; `deniesMemoryFiles` where memory is bounded by `RLIMIT_AS` only.
    package init(architecture: Architecture, deniesMemoryFiles: Bool) {
        let isX86 = architecture == .x86_64
        loadWord(at: Offset.architecture)
        append(.jumpIfEqual, architecture.auditNumber, ifTrue: 1)
        answer(Answer.killProcess)
        loadWord(at: Offset.number)
        if isX86 {
            // The x32 interface has the same architecture number and the same calls under other numbers.
            append(.jumpIfGreaterOrEqual, 0x4000_0000, ifFalse: 1)
            answer(Answer.error(ErrorNumber.notImplemented))
        }
        let denied = DeniedCall.always + (deniesMemoryFiles ? [DeniedCall.memoryFile] : [])
        for call in denied {
            guard let number = call.number(on: architecture) else { continue }
            append(.jumpIfEqual, number, ifFalse: 1)
            answer(Answer.error(call.answer == .notPermitted ? ErrorNumber.notPermitted : ErrorNumber.notImplemented))
        }
        // The flags of clone3 lie in memory, where a filter cannot look; the C library then uses clone.
        append(.jumpIfEqual, 435, ifFalse: 1)
        answer(Answer.error(ErrorNumber.notImplemented))
        denyNewNamespaces(clone: isX86 ? 56 : 220)
        for socket: UInt32 in isX86 ? [41, 53] : [198, 199] {
            allowArgument(0, of: socket, [1, 2, 10], otherwise: ErrorNumber.familyNotSupported)
        }
        // Reading only what is in the page cache already (RWF_NOWAIT) tells what others have read.
        allowArgument(5, of: isX86 ? 327 : 286, [0], otherwise: ErrorNumber.operationNotSupported)
        denyTerminalInput(ioctl: isX86 ? 16 : 29)
        // 0 is the usual personality, all ones asks for the present one; anything else may switch off address randomisation.
        allowArgument(0, of: isX86 ? 135 : 92, [0, 0xFFFF_FFFF], otherwise: ErrorNumber.notPermitted)
        answer(Answer.allow)
    }

    /// The bytes of `struct sock_filter[]`, little-endian as on both architectures.
    package var bytes: [UInt8] {
        instructions.flatMap { instruction -> [UInt8] in
            let code = instruction.code
            let operand = instruction.operand
            return [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8), instruction.ifTrue, instruction.ifFalse]
                + (0..<4).map { UInt8(truncatingIfNeeded: operand >> (8 * UInt32($0))) }
        }
    }

    // Namespace flags: mount, cgroup, uts, ipc, user, pid, net. (The time namespace has no bit in clone.)
    private mutating func denyNewNamespaces(clone: UInt32) {
        append(.jumpIfEqual, clone, ifFalse: 4)
        loadWord(at: Offset.argument(0))
        append(.jumpIfAnyBit, 0x7E02_0000, ifFalse: 1)
        answer(Answer.error(ErrorNumber.notPermitted))
        answer(Answer.allow)
    }

    // TIOCSTI and TIOCLINUX put text into a terminal's input as if somebody had typed it.
    private mutating func denyTerminalInput(ioctl: UInt32) {
        append(.jumpIfEqual, ioctl, ifFalse: 5)
        loadWord(at: Offset.argument(1))
        append(.jumpIfEqual, 0x5412, ifTrue: 1)
        append(.jumpIfEqual, 0x541C, ifFalse: 1)
        answer(Answer.error(ErrorNumber.notPermitted))
        answer(Answer.allow)
    }

    private mutating func allowArgument(_ index: UInt32, of call: UInt32, _ values: [UInt32], otherwise number: UInt32) {
        append(.jumpIfEqual, call, ifFalse: UInt8(values.count + 3))
        loadWord(at: Offset.argument(index))
        for (position, value) in values.enumerated() {
            append(.jumpIfEqual, value, ifTrue: UInt8(values.count - position))
        }
        answer(Answer.error(number))
        answer(Answer.allow)
    }

    private mutating func loadWord(at offset: UInt32) { append(.loadWord, offset) }

    private mutating func answer(_ value: UInt32) { append(.answer, value) }

    private mutating func append(_ operation: Operation, _ operand: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
        instructions.append(Instruction(code: operation.rawValue, ifTrue: ifTrue, ifFalse: ifFalse, operand: operand))
    }

    private enum Operation: UInt16 {
        case loadWord = 0x20
        case jumpIfEqual = 0x15
        case jumpIfGreaterOrEqual = 0x35
        case jumpIfAnyBit = 0x45
        case answer = 0x06
    }

    // Offsets in `struct seccomp_data`; of an argument the low half, which is all that the kernel looks at in these calls.
    private enum Offset {
        static let number: UInt32 = 0
        static let architecture: UInt32 = 4
        static func argument(_ index: UInt32) -> UInt32 { 16 + 8 * index }
    }

    private enum Answer {
        static let allow: UInt32 = 0x7FFF_0000
        static let killProcess: UInt32 = 0x8000_0000
        static func error(_ number: UInt32) -> UInt32 { 0x0005_0000 | number }
    }
}

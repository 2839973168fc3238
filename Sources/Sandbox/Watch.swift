import CSandbox
import Glibc

/// Watches a running sandbox until nothing of it is left: reads its streams, minds the clock, counts, kills.
struct Watch: ~Copyable {
    private let launch: Launch
    private let limits: SandboxLimits
    private let looksAtProcessTable: Bool
    private let start = Self.now()
    private var program: FileDescriptor?
    private var output: FileDescriptor?
    private var openStreams: Set<Stream> = [.output, .error, .status]
    private var killedAt: Double?
    private var firstProcess: Int32?
    private var statusBytes: [UInt8] = []

    private(set) var standardOutputLog: CapturedLog
    private(set) var standardErrorLog: CapturedLog
    /// Why the supervisor killed the run.
    private(set) var kill: RunObservation.Kill?
    private(set) var isCancelled = false
    /// Whether every process of the run is known to be gone.
    private(set) var isGone = false
    private(set) var wallSeconds = 0.0
    /// From the reaper, where no group counts.
    private(set) var reaperCPUSeconds: Double?
    private(set) var peakBytes: Int?
    /// The step of the launch that failed.
    private(set) var failedStep: String?

    private enum Stream { case output, error, status }

    /// How often limits are looked at where the kernel does not enforce them: 10 Hz.
    private static let lookSeconds = 0.1
    /// How long a killed run may take to disappear.
    private static let disappearSeconds = 10.0

    init(_ launch: consuming Launch, limits: SandboxLimits, _ capabilities: Capabilities) {
        self.launch = launch
        self.limits = limits
        looksAtProcessTable = capabilities.memory == .addressSpace || capabilities.processorTime == .processTable
        standardOutputLog = CapturedLog(limit: limits.logBytes)
        standardErrorLog = CapturedLog(limit: limits.logBytes)
    }

    /// Bubblewrap's status records so far.
    var statusText: String { String(decoding: statusBytes, as: UTF8.self) }

    /// Whether nothing more fits into the output.
    var outputIsFull: Bool {
        switch output {
        case .some(let folder): OutputCollector.isFull(folder)
        case .none: false
        }
    }

    /// Takes the outputs; only after `waitForEnd`.
    borrowing func collect(_ rules: OutputRules, _ limits: SandboxLimits) throws(SafeCopyError)
        -> (files: [CopiedFile], refusals: [CopyRefusal])
    {
        switch output {
        case .some(let folder): try OutputCollector.collect(folder, rules: rules, limits: limits)
        case .none: ([], rules.expected.map { CopyRefusal(path: $0, reason: .missing) })
        }
    }

    /// Returns when the last process is reaped, or when a killed one does not go away.
    mutating func waitForEnd(_ group: borrowing ControlGroup, _ cancel: CancelSignal) {
        var reportsAreOpen = true
        while reportsAreOpen {
            let ready = waitForEvents(cancel)
            if ready.isCancelled, !isCancelled {
                isCancelled = true
                killAll(group)
            }
            for stream in ready.streams { read(stream) }
            if ready.hasReport { reportsAreOpen = readReports() }
            mindLimits(group)
            if let killedAt, Self.now() - killedAt > Self.disappearSeconds { break }
        }
        // Without its last report the reaper failed or was killed by somebody: what it looked after has to go as well.
        if !isGone {
            killAll(group)
            Glibc.kill(launch.reaper, SIGKILL)
        }
        var status: Int32 = 0
        while waitpid(launch.reaper, &status, 0) < 0, errno == EINTR {}
        if !isGone { isGone = waitUntilEmpty(group) }
        wallSeconds = Self.now() - start
        for stream in openStreams { drain(stream) }
        standardOutputLog.finish()
        standardErrorLog.finish()
    }

    // MARK: events

    private func waitForEvents(_ cancel: CancelSignal) -> (streams: [Stream], hasReport: Bool, isCancelled: Bool) {
        // poll leaves negative descriptors out.
        var entries = [
            pollfd(fd: openStreams.contains(.output) ? launch.standardOutput.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: openStreams.contains(.error) ? launch.standardError.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: openStreams.contains(.status) ? launch.status.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: launch.reports.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isCancelled ? -1 : cancel.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let untilKill = max(0, start + limits.wallSeconds + limits.graceSeconds - Self.now())
        let seconds = killedAt == nil ? min(Self.lookSeconds, untilKill) : Self.lookSeconds
        poll(&entries, nfds_t(entries.count), Int32((seconds * 1000).rounded(.up)))
        let streams: [Stream] = [.output, .error, .status]
        return (
            zip(streams, entries).filter { $0.1.revents != 0 }.map(\.0), entries[3].revents != 0, entries[4].revents != 0
        )
    }

    private mutating func read(_ stream: Stream) {
        let bytes: [UInt8]?
        switch stream {
        case .output:
            bytes = launch.standardOutput.read(upTo: 64 << 10)
            standardOutputLog.append(bytes ?? [])
        case .error:
            bytes = launch.standardError.read(upTo: 64 << 10)
            standardErrorLog.append(bytes ?? [])
        case .status:
            bytes = launch.status.read(upTo: 4 << 10)
            statusBytes += bytes ?? []
            if firstProcess == nil { firstProcess = BubblewrapArguments.firstProcess(inStatus: statusText) }
        }
        if bytes?.isEmpty == true { openStreams.remove(stream) }
    }

    // All writers are gone: what is in the pipes is the rest.
    private mutating func drain(_ stream: Stream) {
        for _ in 0..<64 where openStreams.contains(stream) { read(stream) }
    }

    private mutating func readReports() -> Bool {
        while true {
            var report = csandbox_report()
            var folder: Int32 = -1
            var process: Int32 = -1
            let result = csandbox_receive(launch.reports.number, &report, &folder, &process)
            if folder >= 0 { output = FileDescriptor(owning: folder) }
            if process >= 0 { program = FileDescriptor(owning: process) }
            guard result == 1 else { return result == -EAGAIN || result == -EINTR }
            switch UInt32(report.kind) {
            case CSANDBOX_FAILED.rawValue: failedStep = Self.describe(report)
            case CSANDBOX_ENDED.rawValue:
                isGone = true
                reaperCPUSeconds = Double(report.cpu_microseconds) / 1e6
                if report.peak_bytes >= 0 { peakBytes = Int(report.peak_bytes) }
            default: break
            }
        }
    }

    private static func describe(_ report: csandbox_report) -> String {
        let step =
            switch UInt32(report.step) {
            case CSANDBOX_STEP_NAMESPACE.rawValue: "making the namespace for the output"
            case CSANDBOX_STEP_OUTPUT.rawValue: "mounting the output"
            case CSANDBOX_STEP_FORK.rawValue: "making the sandbox's process"
            case CSANDBOX_STEP_GROUP.rawValue: "joining the control group"
            case CSANDBOX_STEP_IDENTITY.rawValue: "taking the slot's user and limits"
            case CSANDBOX_STEP_EXECUTE.rawValue: "executing bubblewrap"
            default: "starting the sandbox"
            }
        return "\(step): \(SystemErrorText.describe(report.error))"
    }

    // MARK: limits

    private mutating func mindLimits(_ group: borrowing ControlGroup) {
        if isGone { return }
        // Again, until it works: the first time there may have been no process to kill yet.
        if killedAt != nil { return killAll(group) }
        if Self.now() - start >= limits.wallSeconds + limits.graceSeconds { return kill(.wall, group) }
        if let used = group.cpuSeconds, used >= limits.cpuSeconds { return kill(.cpu, group) }
        guard looksAtProcessTable, let firstProcess else { return }
        let usage = ProcessTree.usage(below: firstProcess)
        if group.memoryKills == nil, usage.residentBytes > limits.memoryBytes { return kill(.memory, group) }
        if group.cpuSeconds == nil, usage.cpuSeconds >= limits.cpuSeconds { return kill(.cpu, group) }
    }

    private mutating func kill(_ reason: RunObservation.Kill, _ group: borrowing ControlGroup) {
        kill = reason
        killAll(group)
    }

    private mutating func killAll(_ group: borrowing ControlGroup) {
        killedAt = killedAt ?? Self.now()
        _ = group.killAll()
        // Where no group does it: the death of bubblewrap ends the sandbox's first process, and with it the process namespace.
        switch program {
        case .some(let process): _ = csandbox_signal(process.number, SIGKILL)
        case .none: break
        }
    }

    private func waitUntilEmpty(_ group: borrowing ControlGroup) -> Bool {
        for _ in 0..<200 {
            if group.isEmpty, firstProcess.map({ Glibc.kill($0, 0) != 0 && errno == ESRCH }) ?? true { return true }
            usleep(10_000)
        }
        return false
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

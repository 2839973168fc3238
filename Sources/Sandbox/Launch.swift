import CSandbox
import Glibc

/// The descriptors of a running sandbox on the supervisor's side.
struct Launch: ~Copyable {
    let reaper: pid_t
    let reports: FileDescriptor
    let standardOutput: FileDescriptor
    let standardError: FileDescriptor
    let status: FileDescriptor

    /// Starts bubblewrap under a policy: join the control group, take the slot's user, drop everything else, execute.
    init(
        _ policy: SandboxPolicy, _ capabilities: Capabilities, outputFolder: String, user: Int?, joinFiles: [Int32]
    ) throws(SystemFailure) {
        let hasOutput = policy.limits.outputBytes > 0
        let arguments = BubblewrapArguments.hidden(
            policy, rootLinks: RootFolder.ofThisMachine(), output: hasOutput ? outputFolder : nil)
        let filter = SystemCallFilter(architecture: .current, deniesMemoryFiles: capabilities.memory == .addressSpace)
        let argumentsFile = try FileDescriptor.memory(BubblewrapArguments.file(arguments))
        let filterFile = try FileDescriptor.memory(filter.bytes)
        let nothing = FileDescriptor(owning: try FileDescriptor.open("/dev/null", O_RDONLY).get())
        let reports = try DescriptorPair.sockets()
        let standardOutput = try DescriptorPair.pipe()
        let standardError = try DescriptorPair.pipe()
        let status = try DescriptorPair.pipe()

        var launch = csandbox_launch()
        launch.standard_input = nothing.number
        launch.standard_output = standardOutput.theirs.number
        launch.standard_error = standardError.theirs.number
        launch.arguments_file = argumentsFile.number
        launch.filter_file = filterFile.number
        launch.status_pipe = status.theirs.number
        launch.report_socket = reports.theirs.number
        launch.changes_identity = user == nil ? 0 : 1
        launch.identity = uid_t(user ?? 0)
        launch.makes_user_namespace = user == nil ? 1 : 0

        let limits = Self.resourceLimits(policy.limits, policy.work, capabilities)
        let visible = BubblewrapArguments.visible(policy).map { strdup($0) }
        defer { for argument in visible { free(argument) } }
        let options = OutputCollector.mountOptions(policy.limits, owner: user)
        // Every pointer is used by `csandbox_start` only, which has copied the process when it returns.
        let reaper = capabilities.bubblewrap.withCString { program in
            outputFolder.withCString { folder in
                options.withCString { options in
                    limits.withUnsafeBufferPointer { limits in
                        joinFiles.withUnsafeBufferPointer { groups in
                            (visible + [nil]).withUnsafeBufferPointer { arguments in
                                launch.program = program
                                launch.arguments = arguments.baseAddress
                                launch.group_files = groups.baseAddress
                                launch.group_count = Int32(groups.count)
                                launch.limits = limits.baseAddress
                                launch.limit_count = Int32(limits.count)
                                launch.output_folder = hasOutput ? folder : nil
                                launch.output_options = hasOutput ? options : nil
                                return csandbox_start(&launch)
                            }
                        }
                    }
                }
            }
        }
        // The sandbox has its own copies now. Their ends close here, so that its end shows as the end of the streams.
        _ = consume argumentsFile
        _ = consume filterFile
        _ = consume nothing
        guard reaper > 0 else { throw SystemFailure(-reaper) }
        self.reaper = reaper
        self.reports = reports.ours
        self.standardOutput = standardOutput.ours
        self.standardError = standardError.ours
        self.status = status.ours
    }

    /// Limits of each process, on top of (or, without control groups, in place of) the limits of the tree.
    private static func resourceLimits(_ limits: SandboxLimits, _ work: WritableBind?, _ capabilities: Capabilities) -> [csandbox_limit] {
        func limit(_ resource: Int32, _ soft: Int, hard: Int? = nil) -> csandbox_limit {
            csandbox_limit(resource: resource, soft: UInt64(soft), hard: UInt64(hard ?? soft))
        }
        let cpuSeconds = Int(limits.cpuSeconds.rounded(.up))
        let largestFile = max(
            limits.outputBytes, limits.temporaryBytes, limits.sharedMemoryBytes, limits.memoryBytes, work?.largestFile ?? 0)
        var all = [
            limit(Int32(RLIMIT_CORE.rawValue), 0),
            limit(Int32(RLIMIT_NOFILE.rawValue), 1024),
            limit(Int32(RLIMIT_STACK.rawValue), 8 << 20),
            limit(Int32(RLIMIT_FSIZE.rawValue), largestFile),
            limit(Int32(RLIMIT_CPU.rawValue), cpuSeconds, hard: cpuSeconds + 1),
        ]
        if capabilities.memory == .addressSpace { all.append(limit(Int32(RLIMIT_AS.rawValue), limits.memoryBytes)) }
        if capabilities.processes == .userLimit {
            // Bubblewrap's two processes have the same user; in a user namespace of our own the reaper too.
            let own = ControlGroup.ownProcesses + (capabilities.identity == .ownUser ? 1 : 0)
            all.append(limit(csandbox_process_limit(), limits.processes + own))
        }
        return all
    }
}

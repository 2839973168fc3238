/// What the processes of a sandbox use now, where no control group counts it: the tree below its first process, from `/proc`.
enum ProcessTree {
    struct Usage: Equatable {
        var residentBytes = 0
        var cpuSeconds = 0.0
    }

    /// The sums over the tree; processor time includes that of ended and waited-for processes.
    static func usage(below first: Int32) -> Usage {
        var usage = Usage()
        var waiting = [first]
        while let process = waiting.popLast() {
            guard let line = SystemFile.read("/proc/\(process)/stat"), let name = line.lastIndex(of: ")") else { continue }
            // Fields from the third on: state ppid … utime(14) stime cutime cstime … rss(24); the name before may hold anything.
            let fields = line[line.index(after: name)...].split(separator: " ")
            guard fields.count > 21 else { continue }
            let ticks = fields[11...14].compactMap { Int($0) }.reduce(0, +)
            usage.cpuSeconds += Double(ticks) / ticksPerSecond
            usage.residentBytes += (Int(fields[21]) ?? 0) * pageBytes
            for thread in SystemFile.names(in: "/proc/\(process)/task") {
                let children = SystemFile.read("/proc/\(process)/task/\(thread)/children") ?? ""
                waiting += children.split(separator: " ").compactMap { Int32($0) }
            }
        }
        return usage
    }

    private static let ticksPerSecond = Double(max(SystemConstant.ticksPerSecond, 1))
    private static let pageBytes = max(SystemConstant.pageBytes, 1)
}

/// Where the control groups of this process lie in the file system, from `/proc/self/cgroup` and `/proc/self/mountinfo`.
package struct ControlGroupPlaces: Sendable {
    private let groups: [(controllers: [String], path: String)]
    private let mounts: [(root: String, point: String, kind: String, options: [String])]

    /// Reads the two texts; lines that are not understood are left out.
    package init(groups: String, mounts: String) {
        self.groups = groups.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count == 3 ? (parts[1].split(separator: ",").map(String.init), String(parts[2])) : nil
        }
        self.mounts = mounts.split(separator: "\n").compactMap { line in
            // … root point options [tags] - kind source options
            let words = line.split(separator: " ").map(String.init)
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 3 else { return nil }
            return (words[3], words[4], words[dash + 1], words[dash + 3].split(separator: ",").map(String.init))
        }
    }

    /// The folder of this process's group in a version 1 tree.
    package func versionOne(_ controller: String) -> String? {
        guard let group = groups.first(where: { $0.controllers.contains(controller) }),
            let mount = mounts.first(where: { $0.kind == "cgroup" && $0.options.contains(controller) })
        else { return nil }
        return folder(of: group.path, in: mount.root, at: mount.point)
    }

    /// The folders of the version 2 tree to try: this process's group, then the one above, where a service manager delegates that.
    package var versionTwoCandidates: [String] {
        guard let group = groups.first(where: { $0.controllers.isEmpty }), let mount = mounts.first(where: { $0.kind == "cgroup2" }),
            let own = folder(of: group.path, in: mount.root, at: mount.point)
        else { return [] }
        guard own != mount.point, let slash = own.lastIndex(of: "/") else { return [own] }
        let above = String(own[..<slash])
        return above.count > mount.point.count ? [own, above] : [own]
    }

    private func folder(of path: String, in root: String, at point: String) -> String? {
        if root == "/" { return path == "/" ? point : point + path }
        guard path == root || path.hasPrefix(root + "/") else { return nil }
        return point + path.dropFirst(root.count)
    }
}

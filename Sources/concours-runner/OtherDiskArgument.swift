import ArgumentParser
import TiledInference

/// Where an output is brought when the run is over, on the command line: `1,2049,1000000,maps.tif`.
struct OtherDiskArgument: ExpressibleByArgument {
    /// The output's number, counted from 0.
    let output: Int
    let place: StreamedRun.Place

    init?(argument: String) {
        let parts = argument.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let output = Int(parts[0]), let disk = UInt64(parts[1]), let free = Int(parts[2]) else { return nil }
        self.output = output
        place = StreamedRun.Place(disk: disk, freeBytes: free, shown: String(parts[3]))
    }
}

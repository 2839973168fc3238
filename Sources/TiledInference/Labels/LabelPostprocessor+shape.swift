internal import ModelPackages

extension LabelPostprocessor {
    /// Why labels cannot be made of an output of this form, as far as its channels and axes tell, with what to do; `nil` if they can.
    ///
    /// - Parameters:
    ///   - channels: the channels of the output that is read; for `stardist` of the one with the rays.
    ///   - spaces: 2 for images, 3 for stacks.
    public func formFault(channels: Int, spaces: Int) -> (found: String, remedy: String)? {
        switch self {
        case .connectedComponents(let method):
            method.connectivity.fault(spaces: spaces) ?? Self.missing([method.channel], of: channels)
        case .threshold(let method): Self.missing([method.channel], of: channels)
        case .argmax: nil
        case .watershed(let method):
            method.connectivity.fault(spaces: spaces)
                ?? Self.missing([method.foreground] + [method.guideChannel].compactMap(\.self), of: channels)
        case .stardist(let method): method.formFault(channels: channels, spaces: spaces)
        case .cellposeFlows(let method):
            method.formFault(spaces: spaces) ?? Self.missing(method.channels(spaces: spaces), of: channels)
        case .packageLabels:
            channels == 1 ? nil : ("\(channels) channels after the step that makes labels", "describe the output with one channel")
        }
    }

    private static func missing(_ wanted: [Int], of channels: Int) -> (found: String, remedy: String)? {
        guard let channel = wanted.first(where: { $0 >= channels }) else { return nil }
        return ("channel \(channel) is asked for, there \(channels == 1 ? "is 1" : "are \(channels)")", "count channels from 0")
    }
}

extension StarDistLabelling {
    /// Why rays of so many channels make no objects.
    func formFault(channels: Int, spaces: Int) -> (found: String, remedy: String)? {
        guard grid.count == 1 || grid.count == spaces else {
            return ("\(spaces) space axes for a grid of \(grid.count)", "write one number of `grid` for each of them")
        }
        let rays = probability == nil ? channels - 1 : channels
        return StarLabels.fault(ofRays: rays, spaces: spaces).map { ($0.found, $0.remedy) }
    }
}

extension FlowLabelling {
    /// Whether each plane is labelled by itself.
    private func isPlanar(_ spaces: Int) -> Bool { spaces == 2 || stitchThreshold != nil }

    /// The channels that are read: the flows, then the inside.
    func channels(spaces: Int) -> [Int] { channels ?? Array(0..<(isPlanar(spaces) ? 3 : 4)) }

    /// Why flows of the named channels lead nowhere.
    func formFault(spaces: Int) -> (found: String, remedy: String)? {
        let wanted = channels(spaces: spaces).count
        guard wanted != (isPlanar(spaces) ? 3 : 4) else { return nil }
        let remedy = isPlanar(spaces) ? "name the flows along y and x and the inside" : "name the flows along z, y and x and the inside"
        return ("\(wanted) channels for \(spaces) space axes", remedy)
    }
}

internal import Imaging
internal import ModelPackages

extension TensorDescription {
    /// The declared names of the channels, each with the declared range of its values (0 to 1 where there is none); empty where the
    /// tensor has no channel axis of that extent.
    func channelLabels(count: Int) -> [ChannelLabel] {
        guard let names = axes.first(where: { $0.kind == .channel })?.channelNames, names.count == count else { return [] }
        return names.enumerated().map { index, name in
            let values = data.count == count ? data[index] : data.first
            guard let low = values?.lower, let high = values?.upper, low < high else { return ChannelLabel(name) }
            return ChannelLabel(name, window: low...high)
        }
    }
}

internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension SampleAxes {
    /// Where the elements of an axis lie: by the first image on its grid that says anything.
    ///
    /// - Parameter images: where the pixels of the images lie, by input.
    func places(of entry: Int, as axis: Axis, _ images: [String: ImageGeometry]) -> ImageGeometry.AxisPlaces {
        sharers(of: entry, as: axis, images).first?.places ?? .pixels
    }

    /// What the record says of images that ought to lie over each other and do not.
    func geometryNotes(_ package: ModelPackage, _ images: [String: ImageGeometry]) -> [String] {
        var notes: [String] = []
        for (index, entry) in entries.enumerated() {
            let owner = package.inputs.first { $0.id == entry.owner }
            guard let axis = owner?.axes.first(where: { $0.id == entry.id })?.imageAxis else { continue }
            let sharers = sharers(of: index, as: axis, images)
            guard let first = sharers.first else { continue }
            for other in sharers.dropFirst() where !first.places.covers(other.places) {
                notes.append(
                    "by their files the images of \(first.input) and \(other.input) do not lie over each other along \(entry.id); they were "
                        + "put there, and the result lies where \(first.input) does")
            }
        }
        return notes
    }

    /// The images on an axis' grid that say where they lie, in elements of the axis.
    private func sharers(
        of entry: Int, as axis: Axis, _ images: [String: ImageGeometry]
    ) -> [(input: String, places: ImageGeometry.AxisPlaces)] {
        inputs.compactMap { input in
            guard let place = places[input]?.compactMap(\.self).first(where: { $0.entry == entry }), var image = images[input],
                image[axis] != .pixels
            else { return nil }
            image.stretch(axis, by: Double(place.scale.numerator) / Double(place.scale.denominator))
            return (input, image[axis])
        }
    }
}

extension ImageGeometry.AxisPlaces {
    /// Whether pixels at these and at other places are the same, but for a part of a pixel.
    fileprivate func covers(_ other: ImageGeometry.AxisPlaces) -> Bool {
        guard unit == nil || other.unit == nil || unit == other.unit else { return false }
        return abs(distance - other.distance) <= 1e-3 * distance && abs(origin - other.origin) <= distance
    }
}

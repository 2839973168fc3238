extension Convolution {
    /// The same convolution for some rows: padding along the first spatial axis only as given, along the others as it was.
    ///
    /// Its result has exactly the rows whose input is given, so that nothing is computed twice.
    func padded(first: (begin: Int, end: Int), others window: Window) -> Convolution {
        var result = self
        result.geometry = WindowGeometry(
            geometry,
            pads: [first.begin] + window.axes.dropFirst().map(\.padBegin) + [first.end] + window.axes.dropFirst().map(\.padEnd))
        return result
    }
}

extension WindowGeometry {
    /// The geometry with other padding.
    fileprivate init(_ geometry: WindowGeometry, pads: [Int]) {
        kernel = geometry.kernel
        strides = geometry.strides
        dilations = geometry.dilations
        self.pads = pads
        autoPad = .explicit
        ceilMode = geometry.ceilMode
    }
}

/// An input or output of a network, as its file declares it.
public struct Port: Sendable, Equatable {
    /// The name by which values are passed and returned.
    public let name: String
    /// The type of the elements.
    public let elementType: ElementType
    /// The declared extents, slowest first; `nil` where the file declares no shape at all.
    public let declaredShape: [Dimension]?

    /// The declared extents, slowest first; empty for a scalar and where the file declares none.
    public var shape: [Dimension] { declaredShape ?? [] }

    /// Describes a port.
    public init(name: String, elementType: ElementType, shape: [Dimension]?) {
        self.name = name
        self.elementType = elementType
        self.declaredShape = shape
    }
}

/// One declared extent of a port.
public enum Dimension: Sendable, Equatable {
    /// The extent is this number.
    case fixed(Int)
    /// The extent is free; equal names mean equal extents.
    case symbolic(String)
    /// The file says nothing.
    case unknown
}

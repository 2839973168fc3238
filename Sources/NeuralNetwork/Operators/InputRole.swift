/// What an input does in an operator where it does not follow from pixels.
enum InputRole {
    /// Values of the results follow from it.
    case value
    /// It says the extents of the results, which tell all that it does.
    case extents
    /// It says which places along axes are taken: `views` tell all that it does, but for axes that are seen as a whole.
    case places
}

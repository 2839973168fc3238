/// The version of the programs.
enum ConcoursVersion {
    static let text = "0.1.0"
}

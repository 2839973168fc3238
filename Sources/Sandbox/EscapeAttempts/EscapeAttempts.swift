/// The escape attempts of the self-test, as one Python program that runs inside a real sandbox.
///
/// It prints a line `id<TAB>result<TAB>detail` for each attempt. Attempts that could do harm run only where process 1 is bubblewrap; the
/// others can also run outside, as a control that they do find an open door.
package enum EscapeAttempts {
    /// Where the program is bound inside, beside the file that names the canaries.
    package static let folder = "/input"

    /// The program; its arguments are ids to run, none for all.
    package static let program = [tools, files, networks, processes, kernel, environment, running].joined(separator: "\n\n\n")
}

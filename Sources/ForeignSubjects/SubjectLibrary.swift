import Glibc
import SharingHarness
import SubjectInterface

/// Why a file is no subject, in words that go on from its name.
public struct SubjectFailure: Error {
  public let line: String

  init(_ line: String) { self.line = line }
}

/// A shared library that exports a subject; it stays loaded.
public final class SubjectLibrary: Sendable {
  public let description: SubjectDescription
  nonisolated(unsafe) let table: UnsafePointer<sharecheck_subject>

  /// Loads a library, which runs its constructors and asks it for its table.
  public init(path: String) throws(SubjectFailure) {
    // Without a slash the loader would look elsewhere.
    let file = path.contains("/") ? path : "./" + path
    guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw SubjectFailure("cannot be loaded: \(Self.loaderError)")
    }
    guard let symbol = dlsym(handle, "sharecheck_subject") else {
      throw SubjectFailure("exports no sharecheck_subject")
    }
    typealias Entry = @convention(c) () -> UnsafePointer<sharecheck_subject>?
    guard let table = unsafeBitCast(symbol, to: Entry.self)() else {
      throw SubjectFailure("has a sharecheck_subject that answers NULL")
    }
    let version = table.pointee.version
    guard version == SHARECHECK_SUBJECT_VERSION else {
      throw SubjectFailure(
        "has version \(version) of the interface, and this sharecheck has"
          + " \(SHARECHECK_SUBJECT_VERSION)")
    }
    let size = UInt32(MemoryLayout<sharecheck_subject>.size)
    guard table.pointee.size == size else {
      throw SubjectFailure("has a table of \(table.pointee.size) bytes, and not \(size)")
    }
    self.table = table
    description = try SubjectDescription(table.pointee)
  }

  private static var loaderError: String { dlerror().map { String(cString: $0) } ?? "no reason" }

  /// How systems of it are built.
  public var rig: Rig {
    if description.mayHalt { sharecheck_guard_catch_signals() }
    // After those, which then have what is no fault of a closed page.
    if description.isMapped { sharecheck_mapped_catch_faults() }
    return Rig(
      id: description.name, shown: description.shown, limits: description.limits,
      storage: { _, _ in .ample }
    ) { [self] machine in
      guard description.limits.nearest(machine.configuration) == machine.configuration else {
        return nil
      }
      return try ForeignSystem(self, machine)
    }
  }
}

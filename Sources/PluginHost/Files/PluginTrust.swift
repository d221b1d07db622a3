import Diagnostics
import Glibc

/// Who may change what is loaded: a plugin has all rights of the user who runs it.
///
/// A file, its folder and every folder above must belong to the user or to root, and be writable by nobody else. Two
/// exceptions: the user's own group, where it is the user's alone (same name as the user), may write; a folder above
/// may be writable by all if it is sticky, as /tmp is, since nobody can replace there what is another's.
package struct PluginTrust: Sendable {
  /// The user who loads.
  package let user: uid_t
  private let group: Group

  /// The group that nobody but the user is in.
  private enum Group {
    case known(gid_t?)
    /// The user's own, if it has the user's name. Asking the system for names can ask other machines, so that it is
    /// done where a group may write.
    case ownOfUser
  }

  /// The rules for a user.
  package init(user: uid_t, privateGroup: gid_t? = nil) {
    self.user = user
    group = .known(privateGroup)
  }

  private init(ofProcess user: uid_t) { (self.user, group) = (user, .ownOfUser) }

  /// The rules for the user of this process.
  package static var current: PluginTrust { PluginTrust(ofProcess: geteuid()) }

  private var privateGroup: gid_t? {
    switch group {
    case .known(let group): return group
    case .ownOfUser:
      guard let entry = getpwuid(user)?.pointee, let name = entry.pw_name, let group = getgrgid(entry.pw_gid)?.pointee,
        let groupName = group.gr_name, strcmp(name, groupName) == 0
      else { return nil }
      return entry.pw_gid
    }
  }

  /// Why a file must not be loaded unless it is named by hand; nil where it may be.
  ///
  /// R0330, R0331 for the file itself, R0332 for a folder that it lies in. Links are followed first.
  package func fault(ofFile path: String) -> Diagnostic? {
    guard let real = Self.resolved(path) else { return FileStatus.fault(path, errno) }
    let status: FileStatus
    do throws(Diagnostic) { status = try FileStatus(of: real) } catch { return error }
    if !trusts(status.owner) { return ownerFault(path, status) }
    if isWritableByOthers(status) { return writableFault(path, status) }
    return fault(ofFolder: ShellText.folder(of: real))
  }

  /// Why a folder must not be searched; nil where it may be.
  ///
  /// R0332, which names the folder on the way from the root that is at fault.
  package func fault(ofFolder path: String) -> Diagnostic? {
    guard var folder = Self.resolved(path) else { return Self.unreadable(path, errno) }
    var mayBeSticky = false
    while true {
      var info = stat()
      guard stat(folder, &info) == 0 else { return Self.unreadable(folder, errno) }
      let status = FileStatus(info)
      let isShared = isWritableByOthers(status) && !(mayBeSticky && status.mode & S_ISVTX != 0)
      if isShared || !trusts(status.owner) { return folderFault(path, folder, status) }
      if folder == "/" { return nil }
      folder = ShellText.folder(of: folder)
      mayBeSticky = true
    }
  }

  private func trusts(_ owner: uid_t) -> Bool { owner == user || owner == 0 }

  private func isWritableByOthers(_ status: FileStatus) -> Bool {
    if status.mode & S_IWOTH != 0 { return true }
    guard status.mode & S_IWGRP != 0 else { return false }
    return status.owner != user || status.group != privateGroup
  }

  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }

  static func unreadable(_ path: String, _ reason: Int32) -> Diagnostic {
    let text = strerror(reason).map { String(cString: $0) } ?? "unknown error"
    return Diagnostic(
      .pluginFolderUnreadable, "the plugin folder cannot be read", at: path, expected: "a folder",
      found: "\(text) (errno \(reason))", hints: ["namei -l \(ShellText.quoted(path))"])
  }
}

extension PluginTrust {
  private func ownerFault(_ path: String, _ status: FileStatus) -> Diagnostic {
    Diagnostic(
      .pluginForeignOwner, "the plugin belongs to another user", at: path, expected: allowedOwners,
      found: Self.name(status.owner),
      hints: ["chown \(user == 0 ? "root" : "$(id -un)") \(ShellText.quoted(path))", byHand(path)])
  }

  private func writableFault(_ path: String, _ status: FileStatus) -> Diagnostic {
    Diagnostic(
      .pluginWritableByOthers, "the plugin can be changed by others", at: path, expected: "mode 755 or stricter",
      found: "mode \(Self.octal(status.mode))", hints: ["chmod go-w \(ShellText.quoted(path))", byHand(path)])
  }

  private func byHand(_ path: String) -> String { "to load it all the same: --plugin \(ShellText.quoted(path))" }

  private func folderFault(_ path: String, _ folder: String, _ status: FileStatus) -> Diagnostic {
    let isForeign = !trusts(status.owner)
    let target = ShellText.quoted(folder)
    return Diagnostic(
      .pluginFolderUnsafe, "the plugin folder can be changed by others", at: path,
      expected: "\(allowedOwners), mode 755 or stricter",
      found: "'\(folder)' of \(Self.name(status.owner)), mode \(Self.octal(status.mode))",
      hints: [isForeign ? "chown \(user == 0 ? "root" : "$(id -un)") \(target)" : "chmod go-w \(target)"])
  }

  private var allowedOwners: String { user == 0 ? "owner root" : "owner \(Self.name(user)) or root" }

  private static func name(_ user: uid_t) -> String {
    guard let entry = getpwuid(user)?.pointee, let name = entry.pw_name else { return "user \(user)" }
    return String(cString: name)
  }

  private static func octal(_ mode: mode_t) -> String { String(mode & 0o7777, radix: 8) }
}

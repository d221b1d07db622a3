import Glibc

/// How a plugin's file was found.
public enum PluginOrigin: Sendable, Equatable {
  /// Its file was given with `--plugin`.
  case named
  /// Its folder was given with `--plugin`.
  case namedFolder
  /// Its file was given in `REINIT_PLUGIN_PATH`.
  case environmentFile
  /// Its folder was given in `REINIT_PLUGIN_PATH`.
  case environmentFolder
  /// It lies in the user's folder, `~/.local/share/reinit/plugins`.
  case user
  /// It lies in the folder that belongs to the running program.
  case program
  /// It lies in a folder of the system.
  case system

  /// Whether the user named the very file: then permissions are warned of, and not refused.
  public var isByHand: Bool { self == .named || self == .environmentFile }
}

extension PluginOrigin: CustomStringConvertible {
  /// `--plugin`, `REINIT_PLUGIN_PATH`, `user`, `program` or `system`.
  public var description: String {
    switch self {
    case .named, .namedFolder: "--plugin"
    case .environmentFile, .environmentFolder: "REINIT_PLUGIN_PATH"
    case .user: "user"
    case .program: "program"
    case .system: "system"
    }
  }
}

/// A file or folder in which plugins are looked for.
public struct PluginPlace: Sendable, Equatable {
  /// Its path.
  public let path: String
  /// Who named it.
  public let origin: PluginOrigin
}

/// Where plugins are looked for, and the order.
package struct PluginPlaces: Sendable {
  /// Files and folders given by hand.
  package var named: [String]
  /// The value of `REINIT_PLUGIN_PATH`.
  package var variable: String?
  /// The value of `XDG_DATA_HOME`; relative ones do not count.
  package var dataHome: String?
  /// The value of `HOME`.
  package var home: String?
  /// The running program's file.
  package var program: String?
  /// Folders of the system.
  package var system = ["/usr/local/lib/reinit/plugins", "/usr/lib/reinit/plugins"]

  /// The places of this process; the environment is not believed where the program has more rights than its user.
  package init(named: [String] = []) {
    self.named = named
    let variables = ProcessEnvironment.trusted
    (variable, dataHome) = (variables["REINIT_PLUGIN_PATH"], variables["XDG_DATA_HOME"])
    home = variables["HOME"]
    program = PluginTrust.resolved("/proc/self/exe")
  }

  /// All places, in order: what is named first wins.
  package var all: [PluginPlace] {
    let byHand = named.map { PluginPlace(path: $0, origin: Self.isFolder($0) ? .namedFolder : .named) }
    return byHand + environment + standard
  }

  private var environment: [PluginPlace] {
    // An empty part means the current folder elsewhere; here it means nothing.
    (variable ?? "").split(separator: ":").map(String.init).map { path in
      let isFile = path.hasSuffix(".so") && !Self.isFolder(path)
      return PluginPlace(path: path, origin: isFile ? .environmentFile : .environmentFolder)
    }
  }

  private var standard: [PluginPlace] {
    [userFolder, programFolder].compactMap { $0 } + system.map { PluginPlace(path: $0, origin: .system) }
  }

  private var userFolder: PluginPlace? {
    var base = dataHome.flatMap { $0.hasPrefix("/") ? $0 : nil }
    if base == nil, let home, home.hasPrefix("/") { base = home + "/.local/share" }
    return base.map { PluginPlace(path: $0 + "/reinit/plugins", origin: .user) }
  }

  /// `lib/reinit/plugins` beside the program's `bin`.
  private var programFolder: PluginPlace? {
    guard let program, program.hasPrefix("/") else { return nil }
    let prefix = ShellText.folder(of: ShellText.folder(of: program))
    return PluginPlace(path: (prefix == "/" ? "" : prefix) + "/lib/reinit/plugins", origin: .program)
  }

  private static func isFolder(_ path: String) -> Bool { (try? FileStatus(of: path))?.isFolder ?? false }
}

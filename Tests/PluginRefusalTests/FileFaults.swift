import Diagnostics
import Foundation
import Testing

/// Files that are no plugins, found beside one.
extension Fault {
  static let files = strangers + damaged

  private static let strangers: [Fault] = [
    .file("text", .pluginFileNotELF, "shared object") { folder, file, _ in
      try folder.write(Data("#!/bin/sh\nexit 0\n".utf8), file)
    },
    .file("empty", .pluginFileEmpty) { folder, file, _ in try folder.write(Data(), file) },
    .file("pipe", .pluginFileNotRegular) { folder, file, _ in try #require(mkfifo(folder[file], 0o644) == 0) },
    .file("folder", .pluginFileNotRegular) { folder, file, _ in try #require(mkdir(folder[file], 0o755) == 0) },
    .file("device", .pluginFileNotRegular) { folder, file, _ in try #require(symlink("/dev/zero", folder[file]) == 0) },
    .file("nowhere", .pluginFileMissing) { folder, file, _ in
      try #require(symlink(folder["nothing-is-here.so"], folder[file]) == 0)
    },
    .file("circle", .pluginFileMissing) { folder, file, _ in try #require(symlink(file, folder[file]) == 0) },
    .source(
      Source(
        name: "entry-v2",
        text: """
          #include <reinit/reinit.h>
          RI_EXPORT ri_status ri_plugin_entry_v2(const ri_host *host, ri_plugin *self, ri_call *call) { return RI_OK; }
          """), .pluginEntryMajor, ["2"]),
    .source(Source(name: "entry-none", text: "int lamp(void) { return 7; }"), .pluginEntryMissing),
  ]

  private static let damaged: [Fault] = [
    .file("half", .pluginFileTruncated) { folder, file, good in try folder.write(good.prefix(good.count / 2), file) },
    .file("almost", .pluginFileTruncated) { folder, file, good in try folder.write(good.dropLast(1), file) },
    .file("machine", .pluginFileMachine) { folder, file, good in
      // e_machine: MIPS is neither of those that this is built for.
      try folder.write(good.replacing(18, with: 8), file)
    },
    .file("word", .pluginFileClass) { folder, file, good in try folder.write(good.replacing(4, with: 1), file) },
  ]
}

extension Data {
  func replacing(_ index: Int, with byte: UInt8) -> Data {
    var copy = self
    copy[startIndex + index] = byte
    return copy
  }
}

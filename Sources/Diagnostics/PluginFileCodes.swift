/// `R0301` to `R0339`: a plugin's file, judged by its bytes, its manifest and its permissions before it is loaded.
let pluginFileCodes: [Code] = [
  .pluginFileMissing, .pluginFileUnreadable, .pluginFileNotRegular, .pluginFileEmpty, .pluginFileNotELF,
  .pluginFileClass, .pluginFileMachine, .pluginFileNotLibrary, .pluginFileTruncated, .pluginFileMalformed,
  .pluginExecutableStack, .pluginTextRelocations, .pluginEntryMissing, .pluginEntryIsData, .pluginEntryMajor,
  .pluginInterposes, .pluginSanitizer, .pluginFileChanged, .pluginFileTooLarge,
  .manifestSection, .manifestSeveral, .manifestText, .manifestVersion, .manifestMember, .manifestName,
  .manifestDuplicate, .manifestSymbol,
  .pluginForeignOwner, .pluginWritableByOthers, .pluginFolderUnsafe, .pluginFolderMissing,
  .pluginFolderUnreadable, .pluginPathNotText,
]

extension Code {
  /// There is no plugin file at a path.
  public static let pluginFileMissing = Code(
    "R0301", .unavailable, "no such plugin file",
    cause: "There is no file at the path given with --plugin or REINIT_PLUGIN_PATH, or a link leads nowhere.",
    fix: "Check the spelling and the current folder. A plugin is named by its file, build/NAME.so, not by its id.")

  /// A plugin's file cannot be read.
  public static let pluginFileUnreadable = Code(
    "R0302", .unavailable, "plugin file cannot be read",
    cause: "The system refused to open or read the file; the message has its reason.",
    fix: "Look at the permissions of the file and of the folders above it (namei -l FILE), or copy it again.")

  /// A plugin's path leads to no regular file.
  public static let pluginFileNotRegular = Code(
    "R0303", .unavailable, "plugin is not a regular file",
    cause: """
      The path leads to a folder, pipe, socket or device. Loading one of those would fail, or wait for ever.
      """,
    fix: "Name the shared object itself; a folder is searched for *.so if it is given with --plugin.")

  /// A plugin's file has no bytes.
  public static let pluginFileEmpty = Code(
    "R0304", .unavailable, "plugin file is empty",
    cause: "The file has no bytes: a build or a download was interrupted, or a disk was full.",
    fix: "Build the plugin again (make), or copy it again.")

  /// A plugin's file is something else than a shared object.
  public static let pluginFileNotELF = Code(
    "R0305", .unavailable, "plugin is not a shared object",
    cause: """
      The file does not begin as an ELF file does. It may be a script, a text, a static library, an archive, \
      or a library of another system.
      """,
    fix: "Name the .so file that the plugin's build makes; file FILE tells what a file is.")

  /// A plugin's file is of another word size or byte order.
  public static let pluginFileClass = Code(
    "R0306", .unavailable, "plugin is not a 64-bit little-endian file",
    cause: "The plugin was built for a 32-bit or big-endian machine; the plugin ABI has neither.",
    fix: "Build it on this machine, without -m32 and without a cross compiler.")

  /// A plugin is built for another machine or system.
  public static let pluginFileMachine = Code(
    "R0307", .unavailable, "plugin is built for another machine",
    cause: "The plugin's machine code is for another processor or another system than this one's.",
    fix: "Build it on this machine, or take the plugin's package for this machine (uname -m).")

  /// A file is machine code, but no library.
  public static let pluginFileNotLibrary = Code(
    "R0308", .unavailable, "plugin is not a shared library",
    cause: """
      The file is an object file, a program, a core dump or detached debugging information. Only a shared \
      library can be loaded.
      """,
    fix: "Link it with -shared -fPIC; in Rust crate-type = [\"cdylib\"], in Swift a library of type .dynamic.")

  /// A plugin's file ends too early.
  public static let pluginFileTruncated = Code(
    "R0309", .unavailable, "plugin file is cut off",
    cause: """
      The file's own tables promise more bytes than it has: it was copied or built only in part. Loading it \
      could end the process.
      """,
    fix: "Copy it again, or build it again; look whether the disk is full (df -h).")

  /// A plugin's tables contradict themselves.
  public static let pluginFileMalformed = Code(
    "R0310", .unavailable, "plugin file is damaged",
    cause: "A table of the file is impossible: an offset, a size or a name lies where none can.",
    fix: "Build or copy the file again. If a packer or strip tool made it, leave that step out.")

  /// A plugin demands an executable stack.
  public static let pluginExecutableStack = Code(
    "R0311", .unavailable, "plugin demands an executable stack",
    cause: """
      Loading the file would make the whole process's stack executable, without a word. The usual reason is \
      an assembly source without a .note.GNU-stack section, or a nested C function whose address is taken.
      """,
    fix: "Link with -Wl,-z,noexecstack, and add .section .note.GNU-stack,\"\",@progbits to assembly sources.")

  /// A plugin's code must be changed while it is loaded.
  public static let pluginTextRelocations = Code(
    "R0312", .unavailable, "plugin has text relocations",
    cause: "A part of the plugin was compiled without -fPIC, so its code would have to be rewritten at loading.",
    fix: "Compile every source and every static library in it with -fPIC; link with -Wl,-z,text to find them.")

  /// A plugin has no entry.
  public static let pluginEntryMissing = Code(
    "R0313", .unavailable, "plugin has no entry",
    cause: """
      The file exports no function ri_plugin_entry_v1, and has no manifest that declares plain functions. \
      Either it is no plugin, or the function is hidden, static, or has a mangled name.
      """,
    fix: """
      Include <reinit/plugin.h>, which declares the entry exported and with C linkage, and do not write \
      static before it. Rust: #[no_mangle] pub extern "C"; Swift: @c(ri_plugin_entry_v1) public.
      """)

  /// A plugin's entry is no function.
  public static let pluginEntryIsData = Code(
    "R0314", .unavailable, "plugin's entry is not a function",
    cause: "The name ri_plugin_entry_v1 is exported, but for a variable or an address without code.",
    fix: "Define a function of that name, as <reinit/plugin.h> declares it.")

  /// A plugin speaks another major version alone.
  public static let pluginEntryMajor = Code(
    "R0315", .unavailable, "plugin is for another major version",
    cause: "The plugin's entry is named after another major version of the plugin ABI than this program's.",
    fix: "Update the older side: build the plugin with this program's headers, or install a newer reinit.")

  /// A plugin exports names of the host.
  public static let pluginInterposes = Code(
    "R0316", .unavailable, "plugin redefines functions of the system",
    cause: """
      The plugin exports a function of the C library, the Swift runtime or the host, such as malloc or exit. \
      Two definitions of one name in a process decide by load order which of them is called.
      """,
    fix: """
      Export the entry alone: compile with -fvisibility=hidden, or link with a version script \
      (-Wl,--version-script=plugin.map with { global: ri_plugin_entry_v1; local: *; };).
      """)

  /// A plugin needs a sanitizer's runtime that the host lacks.
  public static let pluginSanitizer = Code(
    "R0317", .unavailable, "plugin needs a sanitizer",
    cause: """
      The plugin was built with -fsanitize. The sanitizer's runtime must be the first library of the process, \
      and would end it at loading otherwise.
      """,
    fix: "Build without -fsanitize, or start the program with LD_PRELOAD set to the sanitizer's runtime.")

  /// A plugin's file changed while it was read.
  public static let pluginFileChanged = Code(
    "R0318", .unavailable, "plugin file changed while it was read",
    cause: "Another program, most likely a build, wrote to the file at the same time.",
    fix: "Wait until the build is done, and run the command again.")

  /// A plugin's file is larger than any plugin.
  public static let pluginFileTooLarge = Code(
    "R0319", .unavailable, "plugin file is too large",
    cause: "The file is larger than the limit of 2 GiB, which protects against files that are no plugins.",
    fix: "Strip debugging information (strip --strip-debug FILE), and keep weights out of the library.")

  /// A manifest's section cannot be used.
  public static let manifestSection = Code(
    "R0320", .unavailable, "manifest's section is empty, too large or compressed",
    cause: "The section .reinit.manifest must hold between 1 byte and 1 MiB of JSON as it is.",
    fix: "Attach the manifest again, with RI_MANIFEST(...) or objcopy --add-section .reinit.manifest=manifest.json.")

  /// A file has more than one manifest.
  public static let manifestSeveral = Code(
    "R0321", .unavailable, "several manifests in one file",
    cause: """
      RI_MANIFEST stands in more than one source, or objcopy added a section to a file that had one. The linker \
      joins them into one text that is not JSON.
      """,
    fix: "Keep one; objcopy --remove-section .reinit.manifest FILE removes those that are there.")

  /// A manifest is not JSON.
  public static let manifestText = Code(
    "R0322", .unavailable, "manifest is not JSON",
    cause: "The section .reinit.manifest must hold one JSON object (RFC 8259) in UTF-8; the place is in the message.",
    fix: "Correct it there; readelf -p .reinit.manifest FILE prints what is in the file.")

  /// A manifest is for another major version.
  public static let manifestVersion = Code(
    "R0323", .unavailable, "manifest of another version",
    cause: "The member \"reinit\" is the major version of the plugin ABI that the manifest is for; here it is 1.",
    fix: "Write \"reinit\": 1, or install a release of reinit that knows the version named.")

  /// A member of a manifest is missing or of another kind.
  public static let manifestMember = Code(
    "R0324", .unavailable, "manifest's member is missing or of another kind",
    cause: "A member that is needed is not there, or has another type than docs/plugins/manifest.md says.",
    fix: "Correct the member that the JSON pointer in the message names.")

  /// An id, version, license or name in a manifest breaks its grammar.
  public static let manifestName = Code(
    "R0325", .unavailable, "id, version or name in a manifest cannot be one",
    cause: """
      Ids are reverse DNS in lower case (org.example.gabor), versions numbers with dots (1.2.0), initializers \
      snake_case, layers CamelCase, licenses SPDX expressions, summaries one line.
      """,
    fix: "Rename it in the manifest and where it is registered.")

  /// A manifest names something twice.
  public static let manifestDuplicate = Code(
    "R0326", .unavailable, "name given twice in a manifest",
    cause: "Initializers, functions and layers of one plugin need names that differ; functions are initializers too.",
    fix: "Remove or rename one of the two.")

  /// A manifest declares a function that the file does not export.
  public static let manifestSymbol = Code(
    "R0327", .unavailable, "function of the manifest is not exported",
    cause: "The manifest declares a plain function by its symbol, but the file exports no function of that name.",
    fix: "Put RI_EXPORT before its definition, and extern \"C\" in C++; nm -D FILE lists what is exported.")

  /// A plugin belongs to another user.
  public static let pluginForeignOwner = Code(
    "R0330", .unavailable, "plugin belongs to another user",
    cause: """
      A plugin runs with all rights of the user. One in a search folder must belong to that user or to root; \
      when root runs the command, to root.
      """,
    fix: "Take the file over (chown, or a copy of your own), or name it with --plugin if you trust its owner.")

  /// Others may change a plugin.
  public static let pluginWritableByOthers = Code(
    "R0331", .unavailable, "plugin can be changed by others",
    cause: "Other users may write to the file, and so could run code as the user who loads it.",
    fix: "Remove the permission (chmod go-w FILE), or name the file with --plugin if that is meant.")

  /// Others may replace what is in a search folder.
  public static let pluginFolderUnsafe = Code(
    "R0332", .unavailable, "plugin folder can be changed by others",
    cause: """
      A folder of plugins, and every folder above it, must belong to the user or root and be writable by nobody \
      else; one above it may be shared if it is sticky, as /tmp is.
      """,
    fix: "Change owner or permissions of the folder named (chmod go-w FOLDER), or use another folder.")

  /// A search folder does not exist.
  public static let pluginFolderMissing = Code(
    "R0333", .unavailable, "plugin folder does not exist",
    cause: "REINIT_PLUGIN_PATH names a file or folder that is not there; it was passed over.",
    fix: "Correct the variable: folders or files, separated by colons.")

  /// A search folder cannot be read.
  public static let pluginFolderUnreadable = Code(
    "R0334", .unavailable, "plugin folder cannot be read",
    cause: "The system refused to list a folder of plugins; the message has its reason.",
    fix: "Look at the permissions of the folder and of those above it (namei -l FOLDER).")

  /// A file's name is not text.
  public static let pluginPathNotText = Code(
    "R0335", .unavailable, "plugin's file name is not UTF-8",
    cause: "A file in a plugin folder has a name that is not UTF-8, so it can neither be named nor reported.",
    fix: "Rename the file.")
}

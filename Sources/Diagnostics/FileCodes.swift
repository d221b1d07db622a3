/// `R06`: opening, reading, writing, locking and recovering files, and JSON text.
let fileCodes: [Code] = [
  .noSuchFile, .notPermitted, .isFolder, .notRegularFile, .cannotOpen, .readFailed, .fileShrank, .cannotMap,
  .badPath, .outputExists, .outputIsInput, .folderMissing, .folderNotWritable, .readOnlyFileSystem,
  .cannotCreate, .diskFull, .writeFailed, .cannotPublish, .syncFailed, .fileLocked, .writerFinished,
  .journalPending, .journalCorrupt, .journalForeign, .journalUnreadable, .journalVersion,
  .jsonSyntax, .jsonDuplicateKey, .jsonNotUTF8, .jsonTooDeep, .jsonNumberRange, .jsonShape,
]

extension Code {
  /// There is no file of that name.
  public static let noSuchFile = Code(
    "R0601", .noInput, "no such file",
    cause: "There is no file at the path given, or a part of the path is not a folder.",
    fix: "Check the spelling and the current folder (pwd, ls).")

  /// The user may not open the file.
  public static let notPermitted = Code(
    "R0602", .noInput, "file may not be opened",
    cause: """
      The file exists, but the user running the command has no permission for it or for a folder above it.
      """,
    fix: "Look at the permissions (ls -l FILE) and change them (chmod u+r FILE), or ask the owner.")

  /// A folder was given where a file is needed.
  public static let isFolder = Code(
    "R0603", .noInput, "a folder, not a file",
    cause: "The path names a folder. Commands take one safetensors file.",
    fix: "Name the file within the folder.")

  /// A pipe, socket or device was given where a file is needed.
  public static let notRegularFile = Code(
    "R0604", .noInput, "not a regular file",
    cause: """
      The path names a pipe, socket or device. Checkpoints are read and written at many places, which only \
      a regular file allows.
      """,
    fix: "Write the data into a file first, and name that file.")

  /// Opening a file failed for another reason.
  public static let cannotOpen = Code(
    "R0605", .io, "file cannot be opened",
    cause: "The system refused to open the file; the message has its reason.",
    fix: """
      Act on the system's reason: too many open files (ulimit -n), an unreachable network folder, a loop \
      of links.
      """)

  /// The system reported an error while reading.
  public static let readFailed = Code(
    "R0606", .io, "reading failed",
    cause: "The system reported an error while the file was read: a failing disk or a lost network folder.",
    fix: "Copy the file to another disk and try again; look at the system's log (dmesg).")

  /// A file became shorter while it was used.
  public static let fileShrank = Code(
    "R0607", .io, "file became shorter while it was used",
    cause: """
      Another program truncated or rewrote the file after it had been opened here. What was read from then \
      on is not the checkpoint, so the run was given up; nothing was written.
      """,
    fix: """
      Wait until the other program is done. Programs that write checkpoints should rename a finished file \
      into place.
      """)

  /// A file cannot be mapped into memory.
  public static let cannotMap = Code(
    "R0608", .io, "file cannot be mapped",
    cause: "The system could not map the file into memory, or too many files are mapped already.",
    fix: "Look at the limits (ulimit -v, /proc/sys/vm/max_map_count), and use fewer files at a time.")

  /// A path that no file can have.
  public static let badPath = Code(
    "R0609", .usage, "impossible path",
    cause: "The path is empty, ends at a folder, or holds a zero byte, which no path can.",
    fix: "Name a file.")

  /// The output exists, and overwriting was not asked for.
  public static let outputExists = Code(
    "R0610", .cannotCreate, "output exists",
    cause: "A file of the output's name exists, and is never overwritten unless that is asked for.",
    fix: "Choose another name, or add --force.")

  /// Output and input are the same file.
  public static let outputIsInput = Code(
    "R0611", .cannotCreate, "output is the input",
    cause: """
      The output names the file that is read, directly or through a link. Overwriting a file while reading \
      it is refused, with --force too.
      """,
    fix: "Use --in-place, which is made for it and survives interruptions, or name another output.")

  /// The output's folder does not exist.
  public static let folderMissing = Code(
    "R0612", .cannotCreate, "output's folder does not exist",
    cause: "The folder that the output is to be written to does not exist.",
    fix: "Make it first (mkdir -p FOLDER).")

  /// The output's folder does not allow new files.
  public static let folderNotWritable = Code(
    "R0613", .cannotCreate, "output's folder may not be written to",
    cause: """
      The user running the command may not make files in the output's folder. A new file is written beside \
      the output and then renamed, so the folder itself must allow it.
      """,
    fix: "Choose another folder, or change its permissions (chmod u+w FOLDER).")

  /// The output's file system is read-only.
  public static let readOnlyFileSystem = Code(
    "R0614", .cannotCreate, "file system is read-only",
    cause: "The file lies on a file system that is mounted read-only.",
    fix: "Write to another disk, or mount it for writing.")

  /// Creating the output failed for another reason.
  public static let cannotCreate = Code(
    "R0615", .cannotCreate, "output cannot be created",
    cause: "The system refused to create the file; the message has its reason.",
    fix: "Act on the system's reason, or choose another place.")

  /// No space is left for the output.
  public static let diskFull = Code(
    "R0616", .io, "no space left",
    cause: "The disk is full, a quota is used up, or the file would exceed the limit on file sizes.",
    fix: """
      Make space, or write to another disk. The unfinished file has been removed; existing files are \
      unchanged.
      """)

  /// The system reported an error while writing.
  public static let writeFailed = Code(
    "R0617", .io, "writing failed",
    cause: "The system reported an error while the file was written; the message has its reason.",
    fix: "Look at the system's log (dmesg) and the disk's state, and try again.")

  /// The finished file cannot be renamed.
  public static let cannotPublish = Code(
    "R0618", .io, "finished file cannot be moved into place",
    cause: "The new file was written completely, but could not be renamed to its final name.",
    fix: """
      Look whether another program made a folder of that name, or changed the folder's permissions, \
      meanwhile.
      """)

  /// Data could not be forced to the disk.
  public static let syncFailed = Code(
    "R0619", .io, "data could not be forced to the disk",
    cause: """
      The system reported an error when asked to put the data on the disk; they may be lost at a power \
      cut.
      """,
    fix: "Look at the system's log (dmesg); the disk may be failing. Write to another one.")

  /// Another process works on the file.
  public static let fileLocked = Code(
    "R0620", .cannotCreate, "file is in use",
    cause: """
      Another process holds the lock on this file: an in-place run is at work on it, or somebody reads what an in-place \
      run is to change.
      """,
    fix: "Wait until it is done. To see who it is: fuser -v FILE.")

  /// A writer was used after it had finished.
  public static let writerFinished = Code(
    "R0621", .internal, "writer used after its end",
    cause: "A part of the program wrote to a file that was already finished or given up. This is a bug.",
    fix: "Please report it with the command that shows it.")

  /// An interrupted in-place run waits to be finished.
  public static let journalPending = Code(
    "R0630", .badData, "an interrupted in-place run is not finished",
    cause: """
      A run that changed this file in place was interrupted, so the file is part old and part new. The \
      journal beside it (FILE.reinit-journal) says how to finish.
      """,
    fix: """
      reinit recover FILE finishes the run; so does reinit apply FILE --in-place before it does anything else. If the \
      file was put back from a copy or replaced, or the run cannot be finished, reinit recover --abandon FILE removes \
      the journal; the tensors that the run was to fill may then be part old and part new.
      """)

  /// A journal is damaged.
  public static let journalCorrupt = Code(
    "R0631", .badData, "journal is damaged",
    cause: """
      The journal beside the file does not match its own checksum or is not a journal. Journals are \
      renamed into place when they are complete, so it was changed afterwards or the disk has lost data \
      (see --sync).
      """,
    fix: """
      Restore the file from a copy, then remove the journal: reinit recover --abandon FILE.
      """)

  /// A journal belongs to another file.
  public static let journalForeign = Code(
    "R0632", .badData, "journal belongs to another file",
    cause: """
      The journal beside the file was written for a file of another size, header or contents: it keeps hashes of \
      pieces of the data. The file was replaced after the interruption, or the journal was copied here.
      """,
    fix: """
      If the file was replaced on purpose, remove the journal: reinit recover --abandon FILE. Otherwise bring back the \
      file that belongs to it.
      """)

  /// A journal cannot be read.
  public static let journalUnreadable = Code(
    "R0633", .io, "journal cannot be read",
    cause: "There is a journal beside the file, but the system does not let it be read.",
    fix: "Look at its permissions (ls -l FILE.reinit-journal); it must be a regular file.")

  /// A journal was written by a newer release.
  public static let journalVersion = Code(
    "R0634", .badData, "journal of an unknown version",
    cause: """
      The journal beside the file was written by a newer release, in a form that this one does not know.
      """,
    fix: "Finish the interrupted run with the release that began it.")

  /// Text is not well-formed JSON.
  public static let jsonSyntax = Code(
    "R0640", .badData, "text is not JSON",
    cause: """
      The text breaks JSON's grammar (RFC 8259) at the place named. Comments and trailing commas are not \
      JSON.
      """,
    fix: "Correct the text at that place; python3 -m json.tool FILE checks it as well.")

  /// An object has a key twice.
  public static let jsonDuplicateKey = Code(
    "R0641", .badData, "key given twice",
    cause: "A JSON object has the same key twice, and it cannot be known which of them is meant.",
    fix: "Remove one of the two.")

  /// Text is not UTF-8.
  public static let jsonNotUTF8 = Code(
    "R0642", .badData, "text is not UTF-8",
    cause: "JSON is text in UTF-8; the byte named does not belong to a valid sequence.",
    fix: "Save the text as UTF-8 (iconv -f latin1 -t utf8 converts from Latin-1).")

  /// Text is nested too deeply.
  public static let jsonTooDeep = Code(
    "R0643", .badData, "nested too deeply",
    cause: "Arrays and objects are nested more deeply than the limit, which protects against hostile files.",
    fix: "Make the text flatter.")

  /// A number is outside of a double's range.
  public static let jsonNumberRange = Code(
    "R0644", .badData, "number out of range",
    cause: "The number is larger than a double can hold.",
    fix: "Use a number below 1.8e308.")

  /// A JSON value has another type or form than needed.
  public static let jsonShape = Code(
    "R0645", .badData, "value of another kind than needed",
    cause: "The text is JSON, but a member is missing or has another type than is needed at its place.",
    fix: "Compare with the documented form; the message names the member, what is needed and what is there.")
}

/// A stable name for one kind of failure, with the page that `reinit explain` prints for it.
///
/// A case's number is its name to people: ``noFan`` is `R0101`. Its title, cause and cure stand in `docs/codes`, a file for
/// each family. A code never changes its meaning; the number of a retired one is never used again. Releases add
/// codes: a switch over them has a default.
public enum ErrorCode: UInt16, Sendable, CaseIterable {
  // `R01`: initializers, their arguments, and the tensors they cannot fill.
  case noFan = 101
  case ambiguousLayout = 102
  case geometryMismatch = 103
  case unsuitableShape = 104
  case argumentOutOfRange = 105
  case unknownInitializer = 106
  case unknownArgument = 107
  case malformedInitializer = 108
  case missingArgument = 109
  case argumentTwice = 110
  case argumentKind = 111
  case notRepresentable = 112
  case noFreshState = 113
  case notFloatingPoint = 114
  case initializerNameTaken = 115
  case noGain = 116
  case malformedDraw = 117
  case tooManyArguments = 118
  case ambiguousName = 119
  case sourceMissing = 120
  case malformedExpression = 121
  case valueOfExpression = 122
  case sourceNotFinite = 123

  // `R02`: rules, selectors, recipes, and the plans and receipts that come of them.
  case ruleSyntax = 201
  case selectorSyntax = 202
  case ruleMatchesNothing = 203
  case ambiguousSelector = 204
  case mixedRoles = 205
  case tieConflict = 206
  case notFillable = 207
  case nothingToDo = 208
  case outsideBranch = 209
  case recipeSyntax = 210
  case unknownRecipe = 211
  case receiptMissing = 212
  case receiptMismatch = 213
  case planMismatch = 214
  case receiptUnreadable = 215
  case tooManyRules = 216
  case recipeReachesNothing = 217
  case noteSyntax = 218
  case noteWithoutRecipe = 219
  case noArchitecture = 220
  case partSyntax = 221
  case partOutOfRange = 222
  case partAxes = 223
  case partUnknown = 224
  case partCondition = 225
  case partMask = 226
  case partMisplaced = 227
  case assertionFailed = 228

  // `R03`: plugins: their files judged by bytes, manifest and permissions (R0301 on), plain C functions (R0340 on),
  // what is loaded, registered and called (R0350 on).
  case pluginFileMissing = 301
  case pluginFileUnreadable = 302
  case pluginFileNotRegular = 303
  case pluginFileEmpty = 304
  case pluginFileNotELF = 305
  case pluginFileClass = 306
  case pluginFileMachine = 307
  case pluginFileNotLibrary = 308
  case pluginFileTruncated = 309
  case pluginFileMalformed = 310
  case pluginExecutableStack = 311
  case pluginTextRelocations = 312
  case pluginEntryMissing = 313
  case pluginEntryIsData = 314
  case pluginEntryMajor = 315
  case pluginInterposes = 316
  case pluginSanitizer = 317
  case pluginFileChanged = 318
  case pluginFileTooLarge = 319
  case manifestSection = 320
  case manifestSeveral = 321
  case manifestText = 322
  case manifestVersion = 323
  case manifestMember = 324
  case manifestName = 325
  case manifestDuplicate = 326
  case manifestSymbol = 327
  case manifestRequirement = 328
  case pluginRelativePath = 329
  case pluginForeignOwner = 330
  case pluginWritableByOthers = 331
  case pluginFolderUnsafe = 332
  case pluginFolderMissing = 333
  case pluginFolderUnreadable = 334
  case pluginPathNotText = 335
  case functionType = 340
  case functionArgument = 341
  case functionForm = 342
  case functionParameter = 343
  case functionArguments = 344
  case functionDeclaration = 345
  case functionValue = 346
  case functionNotCallable = 347
  case childNotStarted = 349
  case pluginMissing = 350
  case pluginNotLoaded = 351
  case pluginEntryFailed = 352
  case pluginCrashedAtSight = 353
  case pluginEndedAtSight = 354
  case pluginHungAtSight = 355
  case pluginUnstable = 356
  case pluginDescriptor = 357
  case pluginNameTwice = 358
  case pluginTwice = 359
  case pluginVersion = 360
  case pluginCrashed = 361
  case pluginExited = 362
  case pluginEndedThread = 363
  case pluginTimeout = 364
  case pluginCallFailed = 365
  case pluginException = 366
  case pluginFloatingPoint = 367
  case pluginCancelled = 368
  case pluginChildren = 369
  case pluginOutput = 370
  case pluginManifest = 371
  case pluginAlgorithm = 372
  case pluginEmpty = 373
  case pluginTooDeep = 374
  case pluginRefused = 375

  // `R04`: what is inside of a checkpoint: of a safetensors file, of files in other formats (R0430 on), of what `torch.save`
  // writes (R0440 on), of folders and shards (R0450 on), and what is fitted to a target (R0460 on).
  case headerMissing = 401
  case headerTooLong = 402
  case headerBeyondFile = 403
  case headerStart = 404
  case headerNotUTF8 = 405
  case headerNotJSON = 406
  case duplicateTensor = 407
  case metadataNotStrings = 408
  case duplicateMetadata = 409
  case entryNotObject = 410
  case entryFieldMissing = 411
  case entryFieldTwice = 412
  case dtypeNotString = 413
  case shapeNotIntegers = 414
  case offsetsNotIntegers = 415
  case offsetsReversed = 416
  case dataGap = 417
  case dataOverlap = 418
  case dataBeyondFile = 419
  case dataUncovered = 420
  case shapeOverflow = 421
  case partialByte = 422
  case sizeMismatch = 423
  case unknownTensor = 424
  case outsideTensor = 425
  case headerDoesNotFit = 426
  case unknownSize = 427
  case nameTooLong = 428
  case foreignFormat = 430
  case failedDownload = 431
  case zipMalformed = 440
  case notTorchArchive = 441
  case legacyTorchFormat = 442
  case pickleMalformed = 443
  case pickleGlobal = 444
  case pickleLimit = 445
  case storageMismatch = 446
  case tensorMalformed = 447
  case branchUndecided = 448
  case noSuchBranch = 449
  case indexMalformed = 450
  case indexMismatch = 451
  case shardMissing = 452
  case checkpointUndecided = 453
  case noCheckpoint = 454
  case notChangeable = 455
  case folderNotOurs = 456
  case severalNames = 457
  case fitSyntax = 460
  case fitTarget = 461
  case fitUndecided = 462
  case fitNothing = 463
  case fitResize = 464
  case momentsMissing = 465
  case momentsUnsuitable = 466

  // `R05`: trees.
  case viewOutOfRange = 501
  case cycle = 502
  case rebuildMismatch = 503
  case structureMismatch = 504
  case noSuchPath = 505
  case lentNameTwice = 506
  case cannotPrune = 507
  case tooManyPaths = 508
  case shapeMismatch = 509
  case tiedSourcesDiffer = 510
  case valueMissing = 511
  case threadCount = 513

  // `R06`: opening, reading, writing, locking and recovering files, and JSON text.
  case noSuchFile = 601
  case notPermitted = 602
  case isFolder = 603
  case notRegularFile = 604
  case cannotOpen = 605
  case readFailed = 606
  case fileShrank = 607
  case cannotMap = 608
  case badPath = 609
  case outputExists = 610
  case outputIsInput = 611
  case folderMissing = 612
  case folderNotWritable = 613
  case readOnlyFileSystem = 614
  case cannotCreate = 615
  case diskFull = 616
  case writeFailed = 617
  case cannotPublish = 618
  case syncFailed = 619
  case fileLocked = 620
  case writerFinished = 621
  case rankFailed = 622
  case journalPending = 630
  case journalCorrupt = 631
  case journalForeign = 632
  case journalUnreadable = 633
  case journalVersion = 634
  case jsonSyntax = 640
  case jsonDuplicateKey = 641
  case jsonNotUTF8 = 642
  case jsonTooDeep = 643
  case jsonNumberRange = 644
  case jsonShape = 645
  case malformedConfig = 646

  // `R07`: the command line.
  case usage = 701
  case unknownName = 702
  case internalError = 703
  case interrupted = 704
  case missingLibrary = 705
  case notText = 706
  case badPluginName = 707
  case folderExists = 708
  case noSuchTest = 709
  case malformedExpectation = 710
  case harnessFailed = 711
  case nothingTested = 712
  case unknownModel = 713
  case malformedSetting = 714
  case malformedModel = 715
  case outOfMemory = 716
  case libraryStarved = 717
  case nothingComputed = 718

  // `R08`: layers made from text, and their forward pass.
  case noForwardPass = 801
  case inputCount = 802
  case inputShape = 803
  case inputType = 804
  case noContents = 805
  case indexOutOfRange = 806
  case layerMisfit = 807
  case malformedLayer = 808
  case unknownLayer = 809
  case layerNameTaken = 810
  case nestedLayerCount = 811
  case forwardFailed = 812

  // `R09`: what tests of plugins find, each with the cure in four languages: of the process (R0900 on), of how the host is used
  // (R0915 on), of an initializer (R0930 on), of a layer (R0950 on).
  case findingCrashed = 900
  case findingExited = 901
  case findingEndedThread = 902
  case findingHung = 903
  case findingException = 904
  case findingFloatingPoint = 905
  case findingOutput = 906
  case findingSignals = 907
  case findingProcess = 908
  case findingThreads = 909
  case findingDescriptors = 910
  case findingFiles = 911
  case findingProcesses = 912
  case findingMemory = 913
  case findingStack = 914
  case findingFailureIgnored = 915
  case findingServiceNeeded = 916
  case findingDeadCall = 917
  case findingHostVersion = 918
  case findingSilent = 919
  case findingNotReentrant = 920
  case findingSharedState = 921
  case findingOverreleased = 922
  case findingLeaked = 923
  case findingStale = 924
  case findingUndescribed = 925
  case findingSlow = 926
  case findingLentMemory = 927
  case findingExtension = 928
  case findingReach = 929
  case findingDefaults = 930
  case findingUnwritten = 931
  case findingNotFinite = 932
  case findingNotRepeatable = 933
  case findingProcessDependent = 934
  case findingShards = 935
  case findingSeed = 936
  case findingName = 937
  case findingParameter = 938
  case findingDistribution = 939
  case findingFans = 940
  case findingOutside = 941
  case findingOldValues = 942
  case findingEmpty = 943
  case findingPast32Bits = 944
  case findingDtype = 945
  case findingLateRefusal = 946
  case findingDependent = 947
  case findingNotMade = 950
  case findingUnstable = 951
  case findingChildRange = 952
  case findingRebuild = 953
  case findingHandles = 954
  case findingOriginal = 955
  case findingUnchecked = 956
  case findingNoInput = 957
  case findingForwardRepeat = 958
  case findingInputWritten = 959
  case findingInfer = 960
  case findingConfig = 961
  case findingOutputNotFinite = 962
  case findingFresh = 963
  case findingChildUnused = 964
  case findingNestedLost = 965
  case findingRows = 966
  case findingMisread = 967
  case findingSourceMisread = 968
  case findingSourceUnread = 969
}

extension ErrorCode {
  /// The name that errors print, such as `R0203`.
  public var id: String { "R0\(rawValue)" }

  /// The code with that name, in any case.
  public static func named(_ id: String) -> ErrorCode? {
    let code = UInt16(id.dropFirst()).flatMap(ErrorCode.init(rawValue:))
    return code?.id == id.uppercased() ? code : nil
  }
}

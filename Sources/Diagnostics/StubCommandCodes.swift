extension Code {
  public static let noSuchTest = Code("R0709", .usage, "x", cause: "", fix: "")
  public static let malformedExpectation = Code("R0710", .badData, "x", cause: "", fix: "")
  public static let harnessFailed = Code("R0711", .internal, "x", cause: "", fix: "")
  public static let nothingTested = Code("R0712", .usage, "x", cause: "", fix: "")
}

/// `R0340` to `R0349`: plain C functions, their signatures, and processes that look at plugins.
let pluginFunctionCodes: [Code] = [
  .functionType, .functionArgument, .functionForm, .functionParameter, .functionArguments, .functionDeclaration,
  .functionValue, .functionNotCallable, .childNotStarted,
]

extension Code {
  /// A type or role in a function's signature is not known.
  public static let functionType = Code(
    "R0340", .unavailable, "a type or role in a function's signature is not known",
    cause: """
      Each argument of a plain function is declared with a type (i8 to u64, f32, f64, a pointer) and a role \
      (out, index, count, seed, …), and this one has a word or number that is neither. Structs by value, \
      long double and variadic functions cannot be declared.
      """,
    fix: "Declare the argument as docs/plugins/c.md lists; where the C function needs more, write a small wrapper.")

  /// An argument's type does not suit its role.
  public static let functionArgument = Code(
    "R0341", .unavailable, "an argument's type does not suit its role",
    cause: """
      Counts, indices and ranks are integers, a seed is u64, fans and parameters are numbers, and only out, \
      shape and user are pointers. Other types would reach the function as garbage.
      """,
    fix: "Give the argument the type that the error expects, in the declaration and in the C function.")

  /// A function is neither elementwise nor bulk.
  public static let functionForm = Code(
    "R0342", .unavailable, "a function is neither elementwise nor bulk",
    cause: """
      An elementwise function has an index, no output pointer, and returns the element. A bulk function has \
      one output pointer, knows how much to write, and returns nothing or an integer as its status. This one \
      is none of the two, or something of both.
      """,
    fix: "float f(int64_t i, …) is the shape of the first, void f(float *out, uint64_t n, …) of the second.")

  /// An argument and a parameter do not go together.
  public static let functionParameter = Code(
    "R0343", .unavailable, "an argument and a parameter do not go together",
    cause: """
      An argument names a parameter that is not declared, or one that is no single number, or one of reals \
      while the argument is an integer; or no argument takes a declared parameter, so it could have no effect.
      """,
    fix: "Give each parameter one argument, floating-point for reals; words and lists need the full ABI.")

  /// A function has too many arguments.
  public static let functionArguments = Code(
    "R0344", .unavailable, "a function has too many arguments",
    cause: "Plain functions are called with at most 32 arguments.",
    fix: "Register an initializer of the full ABI, whose parameters come in one array.")

  /// A function's declaration in the manifest cannot be read.
  public static let functionDeclaration = Code(
    "R0345", .unavailable, "a function's declaration in the manifest cannot be read",
    cause: "A key is missing, is of the wrong kind, or is not known; or a parameter's range and default disagree.",
    fix: "The error names the key. docs/plugins/manifest.md shows a declaration with all keys.")

  /// A value does not fit into an argument.
  public static let functionValue = Code(
    "R0346", .unavailable, "a value does not fit into an argument",
    cause: """
      The function declares an argument of a type that cannot hold the value of this call, such as a count \
      of 70,000 in a u16. Cutting it off would fill the tensor with something else.
      """,
    fix: "Declare sizes and indices as u64 or i64; give parameters values that their type can hold.")

  /// A signature cannot be called on this machine.
  public static let functionNotCallable = Code(
    "R0347", .unavailable, "a signature cannot be called",
    cause: "libffi, which calls plain functions, refuses the signature.",
    fix: "Report it with the prototype that the error shows; an entry with add_initializer does without libffi.")

  /// A process could not be started.
  public static let childNotStarted = Code(
    "R0349", .io, "a process could not be started",
    cause: """
      Plugins are looked at and tested in processes of their own, and the system refused to start one: no \
      memory, too many processes or open files, or the program is gone.
      """,
    fix: "The error names the system call and its reason; ulimit -a shows the limits.")
}

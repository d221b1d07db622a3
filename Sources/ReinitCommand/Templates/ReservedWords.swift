/// Words that mean something in one of the languages of plugins, spelled as a plugin's forms would be.
///
/// One list for all: what is a keyword in one language is no good name in another. Words that a template uses itself
/// are found in the template.
enum ReservedWords {
  static let all = Set(
    [keywords, libraries, types, kits].flatMap { $0.split { $0 == " " || $0 == "\n" } }.map(String.init))

  private static let keywords = """
    abstract actor and any as asm associatedtype async auto await become bool box break case catch char class concept
    const constexpr continue crate decltype default defer deinit delete do double dyn else enum explicit export extension
    extern false fallthrough fileprivate final float fn for friend func gen goto guard if impl import in indirect
    infix init inline inout int internal is lazy let long loop macro main match mod module move mut mutable
    namespace new nil noexcept not nullptr open operator or override package prefix private protected protocol pub
    public ref register repeat requires rethrows return self short signed sizeof some static struct subscript super
    switch template this throw throws trait true try typealias typedef typename typeof union unowned unsafe unsigned
    unsized use using var virtual void volatile weak where while xor yield
    """

  /// Functions of C's library that could be an initializer's name, and crates.
  private static let libraries = """
    abort abs acos acosh alloc asin asinh atan atan2 atanh atexit calloc cbrt ceil clock copysign core cos cosh deps div
    erf erfc errno examples exit exp exp2 expm1 fabs fdim floor fma fmax fmin fmod free frexp getenv hypot ilogb
    incremental isinf isnan ldexp ldiv lgamma linux llrint log log10 log1p log2 logb lrint lround malloc memchr memcmp
    memcpy memmove memset modf nan nearbyint nextafter perror pow printf proc_macro putchar puts qsort raise rand
    realloc remainder remove remquo rename rewind rint round scalbn scanf setjmp signal sin sinh sprintf sqrt srand
    std stderr stdin stdout strcat strchr strcmp strcpy strlen strtod system tan tanh test tgamma time tmpfile trunc
    ungetc unix
    """

  private static let types = """
    Any AnyObject Array Bool Box Character Clone Codable Collection Copy Debug Default Dictionary Double Drop Eq Equatable
    Err Error Float Fn FnMut FnOnce From Foundation Glibc Hash Hashable Int Into Iterator Never None Ok Option Optional
    Ord Protocol Result Self Send Sendable Sequence Set Sized Some String Substring Swift Sync Testing Type UInt Unicode
    Vec Void
    """

  private static let kits = """
    CReinit PluginKit Reinit ReinitPlugin ReinitPluginKit Ri reinit reinit_plugin reinit_plugin_kit ri ri_host
    ri_plugin
    """
}

/// `R0915` on: what a test finds of how a plugin uses the host, its handles and its state.
let serviceFindings: [Code] = [
  .findingFailureIgnored, .findingServiceNeeded, .findingDeadCall, .findingHostVersion, .findingSilent,
  .findingNotReentrant, .findingSharedState, .findingOverreleased, .findingLeaked, .findingStale,
  .findingUndescribed, .findingSlow,
]

extension Code {
  /// A plugin ignores that a service failed.
  public static let findingFailureIgnored = Code(
    "R0915", .no, "a plugin ignores that a service failed",
    cause: """
      A service of the host was made to fail, as it does when memory ends. The call crashed then, or said that \
      it had succeeded, with other values or none.
      """,
    fix: "Look at the result of each service, give back what was taken, and pass the status on.",
    advice: Advice(
      c: """
        if (status) return status; after each call; if (!memory) return host->fail(call, RI_NO_MEMORY, \
        ri_text("…")); for scratch.
        """,
      cxx: "The kit throws for each failure: do not catch it, and call nothing through raw().",
      rust: "Pass the Result on with ?; no unwrap, no let _ =.",
      swift: "try, and let the error go on; no try? and no try!."))

  /// A plugin needs a service that is optional.
  public static let findingServiceNeeded = Code(
    "R0916", .no, "a plugin needs a service that is optional",
    cause: """
      host->service gave NULL, as hosts without that service do, and the plugin crashed or could not work at \
      all.
      """,
    fix: "Ask, and do without: a slower way is better than none.",
    advice: Advice(
      c: """
        const ri_draft_blas *blas = host->service(…); if (!blas) …; do not keep the table of another host.
        """,
      cxx: "The same check; a plain loop is the other way.",
      rust: "Blas::of gives an Option: for None compute with a loop.",
      swift: "Check the optional pointer, and compute with a loop."))

  /// A plugin uses a call that is over.
  public static let findingDeadCall = Code(
    "R0917", .no, "a plugin uses a call that is over",
    cause: """
      A service was asked with a ri_call that has returned, or from a thread that the call does not run on. What \
      it points to is gone by then.
      """,
    fix: "Use the call that is given to the function, on its thread, or in the body of parallel.",
    advice: Advice(
      c: "Do not keep f->call, build->call or pass->call in a struct or a static variable.",
      cxx: "Do not keep Fill, Build, Rebuild or Forward, nor capture them in a thread.",
      rust: "The borrow checker forbids it with the kit: look for raw pointers and transmute.",
      swift: "Do not keep Call, Fill, Build or Pass beyond the function."))

  /// A plugin depends on the host's version.
  public static let findingHostVersion = Code(
    "R0918", .no, "a plugin depends on the host's version",
    cause: """
      With a newer host, whose structs are longer, it refused, crashed or gave something else; or it read beyond \
      the table of a host of version 1.0.
      """,
    fix: """
      Compare sizes by order and field by field, never for equality; write no further than the struct_size of \
      what is lent.
      """,
    advice: Advice(
      c: """
        RI_HAS(host, ri_host, field) before a newer function; memcpy of the smaller of both sizes; no sizeof in \
        a comparison with ==.
        """,
      cxx: "The kit does it: look at code that goes through raw().",
      rust: "The kit does it: look at code that goes through raw() and table().",
      swift: "The kit does it: look at code that goes through raw."))

  /// A plugin refuses without a reason.
  public static let findingSilent = Code(
    "R0919", .no, "a plugin refuses without a reason",
    cause: """
      A call returned a status that is not RI_OK, and host->fail had not been called. The user sees a number.
      """,
    fix: "Say what was expected and what was found.",
    advice: Advice(
      c: """
        return host->fail(call, RI_SHAPE, ri_text("the kernel is too small: expected at least [3, 3]"));
        """,
      cxx: "throw ri::Error(RI_SHAPE, \"the kernel is too small: expected …, found \", shape);",
      rust: "Err(Error::shape(format!(\"the kernel is too small: expected …, found {shape:?}\")))",
      swift: "throw PluginError(.shape, \"the kernel is too small: expected …, found \\(shape)\")"))

  /// A plugin is not reentrant.
  public static let findingNotReentrant = Code(
    "R0920", .no, "a plugin is not reentrant",
    cause: """
      Several threads that called it at once got other values than one thread. A buffer or a counter is shared: \
      a static variable, a field that is written in a call.
      """,
    fix: "Keep what a call needs in the call. What really cannot overlap declares itself exclusive.",
    advice: Advice(
      c: """
        host->scratch instead of static buffers; RI_INITIALIZER_EXCLUSIVE or RI_LAYER_EXCLUSIVE asks for one \
        call at a time.
        """,
      cxx: "Locals instead of static, global and mutable members; RI_INITIALIZER_EXCLUSIVE in .flags.",
      rust: """
        static mut is what it comes from; locals, or thread_local!; .exclusive() asks for one call at a time.
        """,
      swift: """
        Locals instead of global variables and classes that calls change; .exclusive asks for one call at a \
        time.
        """))

  /// A plugin's parts share a state.
  public static let findingSharedState = Code(
    "R0921", .no, "a plugin's parts share a state",
    cause: """
      Another instance, or a call with other arguments, in between changed the result. Something that belongs to \
      one of them is kept where all see it.
      """,
    fix: "Keep it in the instance, or compute it from the arguments of the call.",
    advice: Advice(
      c: """
        Take parameters from f->params in each call; put what create computes into the struct that *self points \
        to.
        """,
      cxx: "Members instead of static variables.",
      rust: "Fields instead of statics; OnceLock only for what never depends on arguments.",
      swift: "Stored properties of the layer instead of static and global variables."))

  /// A plugin releases more than it holds.
  public static let findingOverreleased = Code(
    "R0922", .no, "a plugin releases more than it holds",
    cause: """
      tensor_release or layer_release was called for a handle that the plugin had no reference to: a second \
      time, or for one that was only lent. In a host without these tests that frees somebody else's tensor.
      """,
    fix: """
      Release what is owned, once: results of tensor_new, tensor_share, layer_new and layer_apply, and what was \
      retained.
      """,
    advice: Advice(
      c: """
        Parts, inputs and nested layers are borrowed: retain those that an instance keeps; set a pointer to NULL \
        after releasing it.
        """,
      cxx: "ri::Tensor and ri::Layer count by themselves: do not release what raw() gives.",
      rust: "Tensor and Layer count by themselves: do not call table().tensor_release.",
      swift: "TensorHandle and LayerHandle count by themselves: do not release raw."))

  /// A plugin keeps handles.
  public static let findingLeaked = Code(
    "R0923", .no, "a plugin keeps handles",
    cause: """
      References were left when all layers had been destroyed, or after a call that had failed. Their tensors \
      are never freed.
      """,
    fix: "Release in destroy all that an instance holds, and on each way out of a call what it has taken.",
    advice: Advice(
      c: """
        After tensor_new the reference is yours: release it once the instance has retained it; in create and \
        rebuild release what was made when a later step fails; layer_apply's outputs are yours too.
        """,
      cxx: "Let ri::Tensor members and locals end; look for new without delete.",
      rust: "Let Tensor and Layer drop; look for mem::forget and Box::into_raw without from_raw.",
      swift: "Let handles end with the instance; look for retain cycles and passRetained."))

  /// A plugin uses a handle that is no longer its own.
  public static let findingStale = Code(
    "R0924", .no, "a plugin uses a handle that is no longer its own",
    cause: "A handle was used after it had been released, or after the call that had lent it.",
    fix: "Retain what is kept, and release it last.",
    advice: Advice(
      c: "host->tensor_retain for inputs and parts that outlive the call; release in destroy, not before.",
      cxx: "Keep ri::Tensor, not what raw() gives.",
      rust: "Keep Tensor, cloned, not what raw() gives.",
      swift: "Keep TensorHandle, not raw."))

  /// A plugin does not say what it is.
  public static let findingUndescribed = Code(
    "R0925", .no, "a plugin does not say what it is",
    cause: """
      The license, a summary or a formula is empty. reinit list, explain and inspect show them to users, who \
      cannot look into the file.
      """,
    fix: "One line each: what it does, in which unit, by which formula.",
    advice: Advice(
      c: """
        Fill in license and summary of ri_describe, and .summary and .formula of each table and parameter.
        """,
      cxx: """
        The license and summary of REINIT_PLUGIN, .summary and .formula in about, the last argument of \
        ri::param.
        """,
      rust: "license and description of Cargo.toml, the summaries of Param, .formula in describe.",
      swift: """
        license: and summary: of Plugin.register, summary: and formula: of each type, summaries of parameters.
        """))

  /// A plugin works when it is loaded.
  public static let findingSlow = Code(
    "R0926", .no, "a plugin works when it is loaded",
    cause: """
      Loading and entry took more than half a second of processor time. Every command that finds the plugin pays \
      for it.
      """,
    fix: "An entry only registers: compute tables when they are first needed, or in create.",
    advice: Advice(
      c: "No work in constructors; pthread_once in the first call.",
      cxx: "No work in constructors of globals; a static local is made when it is first reached.",
      rust: "OnceLock::get_or_init in the first call.",
      swift: "A global let is made when it is first read: do not read it in the entry."))
}

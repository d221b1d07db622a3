/// `R0950` on: what a test finds of a layer.
let layerFindings: [Code] = [
  .findingNotMade, .findingUnstable, .findingChildRange, .findingRebuild, .findingHandles, .findingOriginal,
  .findingUnchecked, .findingNoInput, .findingForwardRepeat, .findingInputWritten, .findingInfer,
  .findingConfig, .findingOutputNotFinite, .findingFresh, .findingChildUnused, .findingNestedLost,
]

extension Code {
  /// A layer cannot be made.
  public static let findingNotMade = Code(
    "R0950", .no, "a layer cannot be made",
    cause: """
      create refused all arguments that were tried: its defaults, and small numbers within the ranges for those \
      that have none; or it says that it succeeded, and gives no instance.
      """,
    fix: "If it is meant for particular arguments, say them by --with.",
    advice: Advice(
      c: "Set *self, and return RI_OK; the text that the finding quotes is your own.",
      cxx: "The text that the finding quotes is what create throws.",
      rust: "The text that the finding quotes is what create returns.",
      swift: "The text that the finding quotes is what init throws."))

  /// A layer's children change.
  public static let findingUnstable = Code(
    "R0951", .no, "a layer's children change",
    cause: """
      Asked again, an instance said another number of children, other names, roles or handles. The host asks \
      once, and keeps the answer.
      """,
    fix: "An instance is immutable: let child_count and child_at only read.",
    advice: Advice(
      c: "No static buffers for names, no lazy making of tensors in child_at: make them in create.",
      cxx: "children() const, with members alone.",
      rust: "Compute children from &self alone.",
      swift: "Compute children from stored properties alone."))

  /// A layer gives children that it does not have.
  public static let findingChildRange = Code(
    "R0952", .no, "a layer gives children that it does not have",
    cause: "child_at returned RI_OK for an index from child_count on.",
    fix: "Return RI_INVALID there.",
    advice: Advice(
      c: "if (index >= child_count(self)) return RI_INVALID; as the first line.",
      cxx: "The kit does it.",
      rust: "The kit does it.",
      swift: "The kit does it."))

  /// Rebuilding gives another layer.
  public static let findingRebuild = Code(
    "R0953", .no, "rebuilding gives another layer",
    cause: """
      Rebuilt from its own parts, a layer had other children, values or another output: two parts are confused, \
      one is lost, or something that is no child is not taken over.
      """,
    fix: "Start from a copy of the instance, and replace each child by the part of the same index.",
    advice: Advice(
      c: "Copy the struct, then assign parts[i] in the order of child_at, retaining each.",
      cxx: "MyLayer next = *this; then parts.tensor(\"weight\", …) for each child.",
      rust: "Take the fields over from self, and parts.need_tensor(\"weight\", …) for each child.",
      swift: "var next = self, then parts.tensor(\"weight\", …) for each child."))

  /// Rebuilding copies what it is given.
  public static let findingHandles = Code(
    "R0954", .no, "rebuilding copies what it is given",
    cause: """
      The new instance holds other handles than the parts it was given. Tied parameters are recognized by their \
      handles: they would separate, and use memory twice.
      """,
    fix: "Retain the part's handle, and keep that.",
    advice: Advice(
      c: "host->tensor_retain(part.tensor) instead of tensor_new with its data.",
      cxx: "parts.tensor(…) gives the handle itself: keep it.",
      rust: "parts.need_tensor(…) gives the handle itself: keep it.",
      swift: "parts.tensor(…) gives the handle itself: keep it."))

  /// Rebuilding changes the original.
  public static let findingOriginal = Code(
    "R0955", .no, "rebuilding changes the original",
    cause: """
      After rebuild, the instance that it had started from had other children or values. Both may be in use at \
      once, on different threads.
      """,
    fix: "Make a new instance, and write to that alone.",
    advice: Advice(
      c: "self is const: do not cast that away.",
      cxx: "rebuilt is const: no mutable members, no shared_ptr to a state that both use.",
      rust: "No Cell, RefCell or Arc<Mutex<…>> that both share.",
      swift: "A struct copies; a class inside it is shared by both."))

  /// Rebuilding accepts what does not fit.
  public static let findingUnchecked = Code(
    "R0956", .no, "rebuilding accepts what does not fit",
    cause: """
      Too few or too many parts, a weight that is missing, or a tensor of another shape was accepted. The \
      forward pass then reads beyond its end.
      """,
    fix: "Check number, presence and shapes, and refuse with a text.",
    advice: Advice(
      c: "n_parts == child_count; a required part not NULL; tensor_view, and compare rank and shape.",
      cxx: """
        parts.tensor("weight", {out, in}) refuses by itself; parts.tensor_or_absent for what may be missing.
        """,
      rust: """
        parts.need_tensor("weight", &[out, in])? refuses by itself; tensor_of_shape for what may be missing.
        """,
      swift: """
        parts.tensor("weight", …) with a shape refuses by itself; optionalTensor for what may be missing.
        """))

  /// No input goes through a layer.
  public static let findingNoInput = Code(
    "R0957", .no, "no input goes through a layer",
    cause: """
      forward refused each input that was tried: shapes of one to five axes with the sizes of the layer's \
      tensors and arguments.
      """,
    fix: "If it takes another shape, or several inputs of different ones, say it by --input 'NAME=[2, 8]'.",
    advice: Advice(
      c: "The text that the finding quotes is your own: look whether it is right.",
      cxx: "The text that the finding quotes is your own: look whether it is right.",
      rust: "The text that the finding quotes is your own: look whether it is right.",
      swift: "The text that the finding quotes is your own: look whether it is right."))

  /// A forward pass is not repeatable.
  public static let findingForwardRepeat = Code(
    "R0958", .no, "a forward pass is not repeatable",
    cause: """
      The same input gave another output the second time: a counter, memory that was never written, a sum whose \
      order changes.
      """,
    fix: "Compute from inputs and parameters alone; write each element of an output.",
    advice: Advice(
      c: "Memory of output is not zeroed: write before you add.",
      cxx: "pass.output gives memory that is not zeroed.",
      rust: "pass.output gives memory that is not zeroed.",
      swift: "pass.output gives memory that is not zeroed."))

  /// A forward pass writes to its inputs.
  public static let findingInputWritten = Code(
    "R0959", .no, "a forward pass writes to its inputs",
    cause: """
      An input or a parameter held other values after the pass. Tensors are immutable, and shared with other \
      layers.
      """,
    fix: "Write to outputs and scratch memory alone.",
    advice: Advice(
      c: "Read views as const float *; copy what is computed in place.",
      cxx: "view.data<float>() is a span of const: no const_cast.",
      rust: "view.elements gives a shared slice: no cast to *mut.",
      swift: "Do not cast UnsafeBufferPointer to a mutable one."))

  /// Infer and forward disagree.
  public static let findingInfer = Code(
    "R0960", .no, "infer and forward disagree",
    cause: """
      infer said other shapes than forward gave, or one of them accepted what the other refused. Models are \
      planned by infer, and run by forward.
      """,
    fix: "Let both begin with the same checks; a nested layer is applied in both.",
    advice: Advice(
      c: """
        Write one function that checks inputs, and call it in both; layer_apply works while shapes are inferred, \
        and gives shapes.
        """,
      cxx: "The same; pass.apply works while shapes are inferred.",
      rust: "The same; Layer::apply works while shapes are inferred.",
      swift: "The same; pass.apply works while shapes are inferred."))

  /// Config does not give the parameters back.
  public static let findingConfig = Code(
    "R0961", .no, "config does not give the parameters back",
    cause: """
      config failed, told another value than the layer was made with, or one with which create makes another \
      layer.
      """,
    fix: "Tell each parameter as it is now, in the descriptor's order.",
    advice: Advice(
      c: """
        out[i].type and the member of u that goes with it; what follows from the children, such as a bias that \
        is absent, is told as it is now.
        """,
      cxx: "Members that ri::param names are told by themselves: rebuilt has to keep them true.",
      rust: "config gives one Value for each parameter, in the order of describe.",
      swift: "arguments gives one value for each parameter, in the order of parameters."))

  /// A forward pass gives what is not finite.
  public static let findingOutputNotFinite = Code(
    "R0962", .no, "a forward pass gives what is not finite",
    cause: """
      NaN or infinity came out for normal inputs and small parameters: a division by a variance that is 0, exp \
      without subtracting the largest, memory that was never written.
      """,
    fix: "Add an epsilon, subtract the maximum, write each element.",
    advice: Advice(
      c: "Memory of output is not zeroed.",
      cxx: "Memory of output is not zeroed.",
      rust: "Memory of output is not zeroed.",
      swift: "Memory of output is not zeroed."))

  /// A layer cannot begin.
  public static let findingFresh = Code(
    "R0963", .no, "a layer cannot begin",
    cause: """
      Its own fresh state cannot be made: a weight says nothing of how it begins, or names an initializer that \
      needs fans and has no geometry, or what comes out is not finite.
      """,
    fix: "Give each weight a fresh initializer, and a geometry if that needs fans.",
    advice: Advice(
      c: """
        .fresh = RI_S("kaiming_uniform(slope: 2.2360679775)") and .geometry = &geometry with RI_GEOMETRY_OUT_IN; \
        for a scale or bias fresh may stay empty.
        """,
      cxx: """
        ri::weight("weight", weight, geometry, "kaiming_uniform(slope: 2.2360679775)") in children().
        """,
      rust: "Child::tensor(…).geometry(Geometry::out_in()).fresh(\"…\").",
      swift: ".tensor(\"weight\", …, geometry:, fresh: \"…\")."))

  /// A parameter takes no part in the output.
  public static let findingChildUnused = Code(
    "R0964", .no, "a parameter takes no part in the output",
    cause: """
      With other values in that weight, bias or scale, made by rebuild, the output stayed the same: forward uses \
      a copy of its own, made in create, or forgets it.
      """,
    fix: "Read the parameter from the instance's handle in each pass.",
    advice: Advice(
      c: "tensor_view(call, self->weight, …) in forward; do not keep data in create or rebuild.",
      cxx: "pass.view(weight) in forward.",
      rust: "self.weight.read(pass, \"weight\") in forward.",
      swift: "pass.call.floats(of: weight, \"weight\") in forward."))

  /// A nested layer is lost.
  public static let findingNestedLost = Code(
    "R0965", .no, "a nested layer is lost",
    cause: """
      max_layers allows layers to be nested, one was, and it is not among the children. Rules and files never \
      see its parameters.
      """,
    fix: "Give each nested layer as a child of kind layer.",
    advice: Advice(
      c: ".kind = RI_CHILD_LAYER, .layer = self->inner; retain it in create.",
      cxx: "ri::sublayer(\"inner\", inner) in children().",
      rust: "Child::layer(\"inner\", &self.inner) in children.",
      swift: ".layer(\"inner\", inner) in children."))
}

/// What programs that wrap a model put before each of its names: DataParallel, torch.compile, FSDP.
public enum WrapperPrefix {
  private static let all = ["module.", "_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."]

  /// The prefix that all names have, as in `module._orig_mod.`; nil where there is none.
  public static func common(to names: some Collection<String>) -> String? {
    var prefix = ""
    while let next = all.first(where: { wrapper in
      !names.isEmpty && names.allSatisfy { $0.utf8.starts(with: (prefix + wrapper).utf8) }
    }) {
      prefix += next
    }
    return prefix.isEmpty ? nil : prefix
  }
}

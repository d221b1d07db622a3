import Diagnostics
import Initializers

/// A named list of rules, as text: what a recipe file holds.
///
/// A file has one rule a line, in the grammar of the command line; `#` begins a comment.
public struct Recipe: Sendable {
  /// The name, or the file's path.
  public let name: String
  /// One line.
  public let summary: String
  /// The rules' text.
  public let text: String
  /// The rules.
  public let rules: [Rule]

  /// A recipe from its text.
  /// - Parameter registry: the initializers that it may name.
  /// - Throws: ``Diagnostics/Code/recipeSyntax`` with the line; the codes of selectors and initializers.
  public init(
    name: String, summary: String = "", text: String, registry: InitializerRegistry = .standard
  ) throws(Diagnostic) {
    self.name = name
    self.summary = summary
    self.text = text
    var rules: [Rule] = []
    for rule in try RuleText.parse(recipe: text, named: name) { rules.append(try Rule(rule, registry: registry)) }
    self.rules = rules
  }

  /// The built-in recipes.
  public static var all: [Recipe] {
    BuiltInRecipes.all.compactMap { try? Recipe(name: $0.name, summary: $0.summary, text: $0.text) }
  }

  /// The built-in recipe of that name; nil if there is none.
  public static func builtIn(_ name: String) throws(Diagnostic) -> Recipe? {
    guard let recipe = BuiltInRecipes.all.first(where: { $0.name == name }) else { return nil }
    return try Recipe(name: recipe.name, summary: recipe.summary, text: recipe.text)
  }
}

/// The text of the built-in recipes.
///
/// A `?` lets a rule match nothing: not every model has every type.
enum BuiltInRecipes {
  static let all: [(name: String, summary: String, text: String)] = [
    (
      "fresh", "every parameter and buffer as its layer begins",
      """
      **=default
      """
    ),
    (
      "torchvision-resnet", "convolutions and norms as torchvision's ResNet begins",
      """
      # torchvision/models/resnet.py: kaiming_normal_(mode="fan_out", nonlinearity="relu"); fans from the shape
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      BatchNorm?=default
      GroupNorm?=default
      Dense?=default
      """
    ),
    (
      "torchvision-densenet", "convolutions, norms and classifier as torchvision's DenseNet begins",
      """
      # torchvision/models/densenet.py: kaiming_normal_(weight); norms 1 and 0; the classifier's bias 0
      Conv.weight?=kaiming_normal
      BatchNorm?=default
      Dense?=default
      Dense.bias?=zeros
      """
    ),
    (
      "bert", "weights normal with std 0.02, biases 0, norms 1 and 0, as BERT begins",
      """
      # Devlin et al., "BERT", 2018; initializer_range 0.02
      Dense.weight?=normal(std: 0.02)
      Embedding.weight?=normal(std: 0.02)
      Dense.bias?=zeros
      LayerNorm?=default
      """
    ),
    (
      "gpt2", "weights normal with std 0.02, biases 0, norms 1 and 0, as GPT-2 begins",
      """
      # Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. The residual projections'
      # 1/sqrt(2 layers) is written for 12 layers: 0.02/sqrt(24).
      Dense.weight?=normal(std: 0.02)
      Embedding.weight?=normal(std: 0.02)
      **.c_proj.weight?=normal(std: 0.004082482904638631)
      Dense.bias?=zeros
      LayerNorm?=default
      """
    ),
    (
      "vit", "weights truncated normal with std 0.02, biases 0, norms 1 and 0, as timm's ViT begins",
      """
      # timm/models/vision_transformer.py, init_weights_vit_timm: trunc_normal_(std=.02)
      Dense.weight?=truncated_normal(std: 0.02)
      Dense.bias?=zeros
      LayerNorm?=default
      """
    ),
    (
      "convnext", "weights truncated normal with std 0.02 and biases 0, as ConvNeXt begins",
      """
      # Liu et al., "A ConvNet for the 2020s", CVPR 2022; the request of FluxML/Metalhead.jl#119
      Conv.weight?=truncated_normal(std: 0.02)
      Dense.weight?=truncated_normal(std: 0.02)
      Conv.bias?=zeros
      Dense.bias?=zeros
      LayerNorm?=default
      """
    ),
  ]
}

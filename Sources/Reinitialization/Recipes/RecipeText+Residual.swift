/// What is laid over another recipe, so that residual branches begin as nothing.
extension RecipeText {
  static let residual: [RecipeText] = [
    RecipeText(
      "zero_init_residual", "the last norm of each bottleneck 0, so that blocks begin as the identity",
      """
      # Goyal et al., "Accurate, Large Minibatch SGD", 2017; torchvision's zero_init_residual=True
      **.bn3.weight?=zeros
      """),
    RecipeText(
      "zero_init_residual_basic", "the last norm of each basic block 0, so that blocks begin as the identity",
      """
      # The same for blocks of two convolutions
      layer*.*.bn2.weight?=zeros
      """),
    RecipeText(
      "fixup-resnet50", "He weights scaled down, last convolutions and classifier 0: Fixup for 16 bottlenecks",
      """
      # Zhang, Dauphin, Ma, "Fixup initialization", 2019: L^(-1/(2m-2)) with L = 16 blocks of m = 3 layers is 1/2; the
      # gain is sqrt(2)/2
      layer*.*.conv1.weight?=kaiming_normal(gain: 0.7071067811865476)
      layer*.*.conv2.weight?=kaiming_normal(gain: 0.7071067811865476)
      layer*.*.conv3.weight?=zeros
      **.downsample.0.weight?=kaiming_normal(nonlinearity: linear)
      fc.weight?=zeros
      fc.bias?=zeros
      """),
  ]
}

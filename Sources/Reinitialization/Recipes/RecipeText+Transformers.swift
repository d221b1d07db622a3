/// How transformers begin, paper by paper and library by library.
extension RecipeText {
  static let transformers: [RecipeText] = [
    RecipeText(
      "bert", "weights normal with std 0.02, biases 0, norms 1 and 0, as BERT begins",
      """
      # Devlin et al., "BERT", 2018; initializer_range 0.02
      Dense.weight?=normal(std: 0.02)
      Embedding.weight?=normal(std: 0.02)
      Dense.bias?=zeros
      LayerNorm?=default
      """),
    RecipeText(
      "gpt2", "weights normal with std 0.02, biases 0, norms 1 and 0, as GPT-2 begins",
      """
      # Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. The maps that end a residual branch
      # are scaled by 1/sqrt(2 layers). A norm without a bias is read as an RMSNorm.
      Dense.weight?=normal(std: (config.initializer_range ?? 0.02))
      Embedding.weight?=normal(std: (config.initializer_range ?? 0.02))
      **.c_proj.weight?=normal(std: (config.initializer_range ?? 0.02) / sqrt(2 * blocks))
      Dense.bias?=zeros
      LayerNorm?=default
      RMSNorm?=default
      """),
    RecipeText(
      "timm-vit", "weights truncated normal with std 0.02, biases 0, norms 1 and 0, as timm's ViT begins",
      """
      # timm/models/vision_transformer.py, init_weights_vit_timm: trunc_normal_(std=.02)
      Dense.weight?=truncated_normal(std: 0.02)
      MultiHeadAttention?=truncated_normal(std: 0.02)
      Dense.bias?=zeros
      MultiHeadAttention @bias?=zeros
      LayerNorm?=default
      ClassToken?=normal(std: 0.000001)
      PositionEmbedding?=truncated_normal(std: 0.02)
      """),
    RecipeText(
      "timm-vit-jax", "as timm's ViT begins with weight_init=jax",
      """
      # timm/models/vision_transformer.py, init_weights_vit_jax: xavier_uniform_, the biases of maps normal_(std=1e-6),
      # patches lecun_normal_, head 0
      Dense.weight?=glorot_uniform
      MultiHeadAttention?=glorot_uniform
      Conv.weight?=lecun_normal
      Conv.bias?=zeros
      Dense.bias?=zeros
      **.mlp.*.bias?=normal(std: 0.000001)
      MultiHeadAttention @bias?=zeros
      heads.head.weight?=zeros
      head.weight?=zeros
      LayerNorm?=default
      """),
    RecipeText(
      "timm-vit-moco", "as timm's ViT begins with weight_init=moco",
      """
      # timm/models/vision_transformer.py, init_weights_vit_moco: xavier_uniform_, queries, keys and values each as one
      Dense.weight?=glorot_uniform
      MultiHeadAttention?=glorot_uniform
      Dense.bias?=zeros
      MultiHeadAttention @bias?=zeros
      LayerNorm?=default
      """),
  ]
}

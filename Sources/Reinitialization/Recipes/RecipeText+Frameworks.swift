/// What layers begin with where nothing else is said, framework by framework.
extension RecipeText {
  static let frameworks: [RecipeText] = [
    RecipeText(
      "fresh", "every parameter and buffer as its layer begins",
      """
      **=default
      """),
    RecipeText(
      "torch", "every layer as torch has it: uniform within 1/sqrt(fan_in), norms 1 and 0",
      """
      # torch/nn/modules: kaiming_uniform_(a=sqrt(5)), whose bound is 1/sqrt(fan_in), by the fans of the shape.
      # Layers here begin as torch has them.
      **=default
      """),
    RecipeText(
      "flux", "weights glorot uniform, biases 0, as Flux.jl",
      """
      # Flux.jl, src/layers: init = glorot_uniform, bias = zeros; Embedding: randn32; recurrent: glorot_uniform
      **=default
      Dense.weight?=glorot_uniform
      Bilinear.weight?=glorot_uniform
      Conv.weight?=glorot_uniform
      ConvTranspose.weight?=glorot_uniform
      RNN?=glorot_uniform
      LSTM?=glorot_uniform
      GRU?=glorot_uniform
      MultiHeadAttention?=glorot_uniform
      Dense.bias?=zeros
      Bilinear.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      GRU @bias?=zeros
      """),
    RecipeText(
      "metalhead", "as Flux.jl, with the parameters of Metalhead.jl",
      """
      # Metalhead.jl, src/layers/embeddings.jl: class tokens zeros, position embeddings rand (uniform from 0 to 1)
      **=default
      Dense.weight?=glorot_uniform
      Conv.weight?=glorot_uniform
      MultiHeadAttention?=glorot_uniform
      Dense.bias?=zeros
      Conv.bias?=zeros
      MultiHeadAttention @bias?=zeros
      ClassToken?=zeros
      PositionEmbedding?=uniform(low: 0, high: 1)
      """),
    RecipeText(
      "keras", "weights glorot uniform, biases 0, recurrent weights orthogonal, as Keras",
      """
      # keras/src/layers: kernel_initializer glorot_uniform, recurrent_initializer orthogonal, embeddings uniform
      **=default
      Dense.weight?=glorot_uniform
      Conv.weight?=glorot_uniform
      ConvTranspose.weight?=glorot_uniform
      Embedding.weight?=uniform(low: -0.05, high: 0.05)
      RNN.weight_ih_*?=glorot_uniform
      LSTM.weight_ih_*?=glorot_uniform
      GRU.weight_ih_*?=glorot_uniform
      RNN.weight_hh_*?=orthogonal
      LSTM.weight_hh_*?=orthogonal
      GRU.weight_hh_*?=orthogonal
      MultiHeadAttention?=glorot_uniform
      Dense.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      GRU @bias?=zeros
      MultiHeadAttention @bias?=zeros
      """),
    RecipeText(
      "flax", "weights lecun normal, biases 0, recurrent weights orthogonal, as Flax",
      """
      # flax/linen: default_kernel_init lecun_normal, default_embed_init variance_scaling(1, fan_in, normal, out_axis=0)
      **=default
      Dense.weight?=lecun_normal
      Conv.weight?=lecun_normal
      ConvTranspose.weight?=lecun_normal
      RNN.weight_ih_*?=lecun_normal
      LSTM.weight_ih_*?=lecun_normal
      GRU.weight_ih_*?=lecun_normal
      RNN.weight_hh_*?=orthogonal
      LSTM.weight_hh_*?=orthogonal
      GRU.weight_hh_*?=orthogonal
      MultiHeadAttention?=lecun_normal
      Dense.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      GRU @bias?=zeros
      MultiHeadAttention @bias?=zeros
      """),
  ]
}

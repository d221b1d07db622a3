/// What layers begin with where nothing else is said, framework by framework.
extension RecipeText {
  static let frameworks: [RecipeText] = [
    RecipeText(
      "fresh", "every parameter and buffer as its layer begins",
      """
      **=default
      """, isGeneral: true),
    RecipeText(
      "torch", "every layer as torch has it: uniform within 1/sqrt(fan_in), norms 1 and 0",
      """
      # torch/nn/modules: kaiming_uniform_(a=sqrt(5)), whose bound is 1/sqrt(fan_in), by the fans of the shape.
      # Layers here begin as torch has them.
      **=default
      """, isGeneral: true),
    RecipeText(
      "flux", "weights glorot uniform, biases 0, as Flux.jl",
      """
      # Flux.jl 0.16, src/layers: init = glorot_uniform, bias = zeros32, Embedding randn32; src/utils.jl, nfan: a kernel as it
      # is kept, groups and gates not taken apart; of Bilinear's [out, in1, in2] the last two axes. RNN, LSTM, GRU have one
      # bias. MultiHeadAttention has a matrix for each of queries, keys and values.
      **=default
      Dense.weight?=glorot_uniform
      Bilinear.weight?=glorot_uniform(fans: trailing)
      Conv.weight?=glorot_uniform(fans: whole)
      ConvTranspose.weight?=glorot_uniform(fans: whole)
      RNN?=glorot_uniform(fans: whole)
      LSTM?=glorot_uniform(fans: whole)
      GRU?=glorot_uniform(fans: whole)
      MultiHeadAttention?=glorot_uniform
      Dense.bias?=zeros
      Bilinear.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      GRU @bias?=zeros
      MultiHeadAttention @bias?=zeros
      """, isGeneral: true),
    RecipeText(
      "metalhead", "as Flux.jl, with the parameters of Metalhead.jl",
      """
      # Metalhead.jl 0.9, src/layers: the layers are Flux's; embeddings.jl: class tokens zeros, position embeddings rand
      # (uniform from 0 to 1); attention.jl: queries, keys and values are one Dense(planes, 3 planes)
      **=default
      Dense.weight?=glorot_uniform(fans: whole)
      Conv.weight?=glorot_uniform(fans: whole)
      ConvTranspose.weight?=glorot_uniform(fans: whole)
      MultiHeadAttention?=glorot_uniform(fans: whole)
      Dense.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      MultiHeadAttention @bias?=zeros
      ClassToken?=zeros
      PositionEmbedding?=uniform(low: 0, high: 1)
      """, isGeneral: true),
    RecipeText(
      "keras", "weights glorot uniform, biases 0, recurrent weights orthogonal, as Keras",
      """
      # keras/src/layers: kernel_initializer glorot_uniform, recurrent_initializer orthogonal, embeddings uniform, of the
      # kernels that Keras keeps: groups and gates are not taken apart, all gates' recurrent weights are one orthogonal
      # matrix. An LSTM's unit_forget_bias is in one of its two biases. A depthwise convolution begins as
      # Conv2D(groups: channels), which is DepthwiseConv2D where that has one filter for each channel.
      **=default
      Dense.weight?=glorot_uniform
      Conv.weight?=glorot_uniform(fans: whole)
      ConvTranspose.weight?=glorot_uniform(fans: whole)
      Embedding.weight?=uniform(low: -0.05, high: 0.05)
      RNN.weight_ih_*?=glorot_uniform(fans: whole)
      LSTM.weight_ih_*?=glorot_uniform(fans: whole)
      GRU.weight_ih_*?=glorot_uniform(fans: whole)
      RNN.weight_hh_*?=orthogonal(axis: 0)
      LSTM.weight_hh_*?=orthogonal(axis: 0)
      GRU.weight_hh_*?=orthogonal(axis: 0)
      MultiHeadAttention?=glorot_uniform
      PReLU.weight?=zeros
      Dense.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      LSTM.bias_ih_*?=forget_bias
      GRU @bias?=zeros
      MultiHeadAttention @bias?=zeros
      """, isGeneral: true),
    RecipeText(
      "flax", "weights lecun normal, biases 0, recurrent weights orthogonal, as Flax",
      """
      # flax/linen: default_kernel_init lecun_normal, default_embed_init variance_scaling(1, fan_in, normal, out_axis=0);
      # SimpleCell, LSTMCell, GRUCell: each gate's matrices are layers of their own, the recurrent ones orthogonal;
      # PReLU: 0.01
      **=default
      Dense.weight?=lecun_normal
      Conv.weight?=lecun_normal
      ConvTranspose.weight?=lecun_normal
      Embedding.weight?=flax.default_embed_init
      RNN.weight_ih_*?=lecun_normal
      LSTM.weight_ih_*?=lecun_normal
      GRU.weight_ih_*?=lecun_normal
      RNN.weight_hh_*?=orthogonal
      LSTM.weight_hh_*?=orthogonal
      GRU.weight_hh_*?=orthogonal
      MultiHeadAttention?=lecun_normal
      PReLU.weight?=constant(0.01)
      Dense.bias?=zeros
      Conv.bias?=zeros
      ConvTranspose.bias?=zeros
      RNN @bias?=zeros
      LSTM @bias?=zeros
      GRU @bias?=zeros
      MultiHeadAttention @bias?=zeros
      """, isGeneral: true),
  ]
}

/// How the families of torchvision begin; what no rule names is as torch has it. Fans are those of the shapes.
extension RecipeText {
  static let torchvision: [RecipeText] = [
    RecipeText(
      "torchvision-resnet", "convolutions and norms as torchvision's ResNet begins",
      """
      # torchvision/models/resnet.py: kaiming_normal_(mode="fan_out", nonlinearity="relu"); fans from the shape
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      BatchNorm?=default
      GroupNorm?=default
      Dense?=default
      """),
    RecipeText(
      "torchvision-densenet", "convolutions, norms and classifier as torchvision's DenseNet begins",
      """
      # torchvision/models/densenet.py: kaiming_normal_(weight); norms 1 and 0; the classifier's bias 0
      Conv.weight?=kaiming_normal
      BatchNorm?=default
      Dense?=default
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-vgg", "as torchvision's VGG begins",
      """
      # torchvision/models/vgg.py: kaiming_normal_(mode="fan_out", nonlinearity="relu"); Linear normal_(0, 0.01)
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      Conv.bias?=zeros
      BatchNorm?=default
      Dense.weight?=normal(std: 0.01)
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-squeezenet", "as torchvision's SqueezeNet begins",
      """
      # torchvision/models/squeezenet.py: kaiming_uniform_(weight); the final convolution normal_(0, 0.01)
      Conv.weight?=kaiming_uniform
      classifier.1.weight?=normal(std: 0.01)
      Conv.bias?=zeros
      """),
    RecipeText(
      "torchvision-googlenet", "as torchvision's GoogLeNet begins",
      """
      # torchvision/models/googlenet.py: trunc_normal_(std=0.01, a=-2, b=2)
      Conv.weight?=truncated_normal(std: 0.01, low: -2, high: 2)
      Dense.weight?=truncated_normal(std: 0.01, low: -2, high: 2)
      BatchNorm?=default
      """),
    RecipeText(
      "torchvision-inception", "as torchvision's Inception v3 begins",
      """
      # torchvision/models/inception.py: trunc_normal_(std=0.1, a=-2, b=2); the stddev of AuxLogits.conv1 is set on the
      # block and not on its convolution, which therefore has 0.1 too
      Conv.weight?=truncated_normal(std: 0.1, low: -2, high: 2)
      Dense.weight?=truncated_normal(std: 0.1, low: -2, high: 2)
      AuxLogits.fc.weight?=truncated_normal(std: 0.001, low: -2, high: 2)
      BatchNorm?=default
      """),
    RecipeText(
      "torchvision-mobilenet", "as torchvision's MobileNet v2 and v3 begin",
      """
      # torchvision/models/mobilenetv2.py, mobilenetv3.py: kaiming_normal_(mode="fan_out"); Linear normal_(0, 0.01)
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      Conv.bias?=zeros
      BatchNorm?=default
      Dense.weight?=normal(std: 0.01)
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-mnasnet", "as torchvision's MNASNet begins",
      """
      # torchvision/models/mnasnet.py: kaiming_normal_(mode="fan_out"); Linear kaiming_uniform_ of a sigmoid
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      Conv.bias?=zeros
      BatchNorm?=default
      Dense.weight?=kaiming_uniform(mode: fan_out, nonlinearity: sigmoid)
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-efficientnet", "as torchvision's EfficientNet begins",
      """
      # torchvision/models/efficientnet.py: kaiming_normal_(mode="fan_out"); Linear uniform within 1/sqrt(fan_out), which
      # is kaiming_uniform with a gain of 1/sqrt(3)
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      Conv.bias?=zeros
      BatchNorm?=default
      Dense.weight?=kaiming_uniform(mode: fan_out, gain: 0.5773502691896258)
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-regnet", "as torchvision's RegNet begins",
      """
      # torchvision/models/regnet.py: normal_(std=sqrt(2/fan_out)), the fan not divided by groups; Linear normal_(0, 0.01)
      Conv.weight?=kaiming_normal(mode: fan_out, nonlinearity: relu, fans: shape)
      BatchNorm?=default
      Dense.weight?=normal(std: 0.01)
      Dense.bias?=zeros
      """),
    RecipeText(
      "torchvision-convnext", "as torchvision's ConvNeXt begins",
      """
      # torchvision/models/convnext.py: trunc_normal_(std=0.02), biases 0; the request of FluxML/Metalhead.jl#119
      Conv.weight?=truncated_normal(std: 0.02)
      Dense.weight?=truncated_normal(std: 0.02)
      Conv.bias?=zeros
      Dense.bias?=zeros
      LayerNorm?=default
      """),
    RecipeText(
      "torchvision-vit", "as torchvision's vision transformer begins",
      """
      # torchvision/models/vision_transformer.py: patches trunc_normal_(std=sqrt(1/fan_in)), whose bounds of -2 and 2 are
      # dozens of deviations away; maps xavier_uniform_, their biases normal_(std=1e-6); head 0
      conv_proj.weight?=kaiming_normal(nonlinearity: linear)
      conv_proj.bias?=zeros
      **.mlp.*.weight?=glorot_uniform
      **.mlp.*.bias?=normal(std: 0.000001)
      heads.head.weight?=zeros
      heads.head.bias?=zeros
      """),
    RecipeText(
      "torchvision-swin", "as torchvision's Swin transformer begins",
      """
      # torchvision/models/swin_transformer.py: Linear trunc_normal_(std=0.02), biases 0
      Dense.weight?=truncated_normal(std: 0.02)
      Dense.bias?=zeros
      LayerNorm?=default
      """),
  ]
}

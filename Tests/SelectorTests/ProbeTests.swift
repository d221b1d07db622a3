import Diagnostics
import Reinitialization
import Testing

@Test func probe() throws {
  for text in ["", " ", "?", "> a", "a >", "a > > b", "bn?.weight", "a. b", "a..b", "@wieght", "@", "a***b", "\"abc", "\"a\"b", "\"a\\x\"", "a=b", "été b/c", "/x", "o/\"x\"", "é@x", "x\u{202e}y", Array(repeating: "*", count: 61).joined(separator: "."), String(repeating: "a", count: 200) + "@" + String(repeating: "b", count: 200)] {
    do { print("OK", try Selector(parsing: text)) } catch { print(error) }
  }
  let inventory = try #require(Trees.resnet18)
  func none(_ text: String, _ rule: String? = nil) throws {
    let s = try Selector(parsing: text)
    print(inventory.nothingMatches(s, rule: rule))
  }
  try none("layer5.**", "layer5.**=zeros")
  try none("layer5.**", "keep layer5.**")
  try none("Dens.weight")
  try none("conv.weight")
  try none("batchnorm2d.wieght")
  try none("BatchNorm", "BatchNorm=ones")
  try none("bn3.weight")
  try none("model.layer4.0.conv1")
  try none("layer4.2.conv1")
  try none("layer4 Dense")
  try none("bn1.running_meen")
  try none("layer4.0.downsample.1")
  print(inventory.nothingMatches(try Selector(path: "layer9"), option: "--at"))
  for text in ["**.weight", "layer4.**", "fc.*", "layer4.*.*.weight", "*.*.*.*", "bn1.*", "**", "**.downsample.**.weight"] {
    do { _ = try inventory.match(Selector(parsing: text)).fillTargets(in: inventory, rule: text + "=normal(std: 1)") } catch { print(error) }
  }
  let flax = try #require(Trees.read("flax"))
  for text in ["params Dense_0", "Mixed_5b.**", "MultiHeadAttention.query.wieght", "Conv.kernl", "params.Dense_5", "params.EncoderBlock_7.**", "dense"] { print(flax.nothingMatches(try Selector(parsing: text))) }
  let inc = try #require(Trees.read("inception_v3"))
  for text in ["Mixed_5b.**", "Mixed_*", "Conv2d_*", "AuxLogits"] { print(inc.nothingMatches(try Selector(parsing: text))) }
}

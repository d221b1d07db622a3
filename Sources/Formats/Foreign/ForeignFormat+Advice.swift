extension ForeignFormat {
  /// What to do with a file in this format, as something that can be pasted where there is such a thing.
  ///
  /// - Parameter file: The path as a shell takes it.
  func advice(_ file: String) -> String {
    switch self {
    case .safetensors: "name it where a safetensors file is expected"
    case .torchArchive, .torchLegacy, .pickle: torchAdvice(file)
    case .gguf, .ggml:
      "take the original model in safetensors: weights for llama.cpp are mostly quantized"
    case .hdf5, .keras, .savedModel, .tensorFlowIndex, .tfLite:
      "load it with the framework, and save the weights with safetensors.numpy.save_file({name: array}, 'model.safetensors')"
    case .npy, .npz:
      "convert it: python3 -c \"import numpy, sys; from safetensors.numpy import save_file; "
        + "a = numpy.load(sys.argv[1], allow_pickle=False); save_file(dict(a) if hasattr(a, 'files') else {'tensor': a}, "
        + "'model.safetensors')\" \(file)"
    case .onnx:
      "convert it: python3 -c \"import onnx, sys; from onnx.numpy_helper import to_array; "
        + "from safetensors.numpy import save_file; save_file({t.name: to_array(t).copy() for t in "
        + "onnx.load(sys.argv[1]).graph.initializer}, 'model.safetensors')\" \(file)"
    case .msgpack:
      "load it with flax.serialization.msgpack_restore, and save the arrays with "
        + "safetensors.flax.save_file(flax.traverse_util.flatten_dict(params, sep='.'), 'model.safetensors')"
    case .gitLFS: "fetch the file that it stands for: git lfs pull"
    case .webPage, .serverMessage: "look at it (head -c 300 \(file)), and download the file again"
    case .shardIndex: "name the files that its weight_map lists, one at a time"
    case .json: "name the file with the weights"
    case .gzip: "unpack it: gunzip \(file)"
    case .xz: "unpack it: unxz \(file)"
    case .zstd: "unpack it: unzstd \(file)"
    case .bzip2: "unpack it: bunzip2 \(file)"
    case .sevenZip: "unpack it: 7z x \(file)"
    case .zip: "unpack it: unzip \(file)"
    case .tar:
      "unpack it: tar -xf \(file); an old file of torch.save is loaded and saved again with torch 1.6 or later"
    }
  }

  private func torchAdvice(_ file: String) -> String {
    "convert it where you trust it: python3 -c \"import torch, sys; from safetensors.torch import save_file; "
      + "t = torch.load(sys.argv[1], map_location='cpu', weights_only=True); "
      + "save_file({k: v.clone().contiguous() for k, v in t.items()}, 'model.safetensors')\" \(file)"
  }
}

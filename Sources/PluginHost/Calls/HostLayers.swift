import CReinit
import Diagnostics
import Functors
import Glibc
import Inference
import Layers
import Tensors

/// Layers that plugins make, hold and apply.
enum HostLayers {
  static func install(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.layer_new = { call, text, layers, count, out in
      guard let call, let out, count == 0 || layers != nil, count <= 1 << 20 else { return ri_status(RI_INVALID) }
      let context = CallContext.at(call)
      return context.serve { () throws(Diagnostic) in
        guard !context.environment.isEntering else {
          throw Diagnostic(.pluginCallFailed, "an entry only registers: it makes no layers")
        }
        let nested = try HostLayers.handles(layers, count).map { LayerHandle.at($0).node }
        let text = try CText.string(text, "layer_new: text")
        let services = context.environment.services
        let layer = try LayerDepth.deeper { () throws(Diagnostic) in
          try services.layers.layer(parsing: text, children: nested)
        }
        out.pointee = LayerHandle(layer, services.counter).handedOver()
      }
    }
    table.pointee.layer_retain = { layer in
      if let layer { _ = Unmanaged.passRetained(LayerHandle.at(layer)) }
    }
    table.pointee.layer_release = { layer in
      if let layer { Unmanaged<LayerHandle>.fromOpaque(UnsafeRawPointer(layer)).release() }
    }
    table.pointee.layer_apply = { call, layer, inputs, inputCount, outputs, outputCount in
      guard let call, let layer, outputs != nil || outputCount == 0 else { return ri_status(RI_INVALID) }
      let context = CallContext.at(call)
      return context.serve { () throws(Diagnostic) in
        let inputs = try HostLayers.handles(inputs, inputCount).map { TensorHandle.at($0).tensor }
        let results = try HostLayers.apply(LayerHandle.at(layer).node, to: inputs, in: context)
        guard results.count == Int(clamping: outputCount) else {
          throw Diagnostic(
            .pluginOutput, "a layer has another number of outputs than '\(context.environment.pluginID)' asks for",
            expected: "\(outputCount)", found: "\(results.count)")
        }
        let counter = context.environment.services.counter
        for (index, result) in results.enumerated() { outputs?[index] = TensorHandle(result, counter).handedOver() }
      }
    }
  }

  private static func apply(
    _ node: any Node, to inputs: [Tensor], in context: CallContext
  ) throws(Diagnostic) -> [Tensor] {
    guard context.isInferring else { return try node.applied(to: inputs, in: ForwardPass(threads: context.threads)) }
    return try node.specs(for: inputs.map(TensorSpec.init)).map { Tensor(lazy: $0.shape, dtype: $0.dtype) }
  }

  private static func handles(
    _ first: UnsafePointer<OpaquePointer?>?, _ count: UInt64
  ) throws(Diagnostic) -> [OpaquePointer] {
    guard count <= 1 << 20 else { throw Diagnostic(.pluginCallFailed, "too many handles", found: "\(count)") }
    var result: [OpaquePointer] = []
    for index in 0..<Int(count) {
      guard let handle = first?[index] else {
        throw Diagnostic(.pluginCallFailed, "a plugin gives a handle that is null", found: "handle \(index)")
      }
      result.append(handle)
    }
    return result
  }
}

/// How many layers are being made on this thread, each by another's `create`.
enum LayerDepth {
  private static let limit = 100
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// - Throws: ``Diagnostics/ErrorCode/pluginTooDeep`` before the stack is full.
  static func deeper<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let depth = Int(bitPattern: pthread_getspecific(key))
    guard depth < limit else {
      throw Diagnostic(
        .pluginTooDeep, "making a layer led to making another one, again and again", expected: "at most \(limit) deep")
    }
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: depth + 1))
    defer { pthread_setspecific(key, UnsafeRawPointer(bitPattern: depth)) }
    return try body()
  }
}

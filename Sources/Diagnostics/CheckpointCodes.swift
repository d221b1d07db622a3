/// `R04`: what is inside of a safetensors file.
let checkpointCodes: [Code] = [
  .headerMissing, .headerTooLong, .headerBeyondFile, .headerStart, .headerNotUTF8, .headerNotJSON,
  .duplicateTensor, .metadataNotStrings, .duplicateMetadata, .entryNotObject, .entryFieldMissing,
  .entryFieldTwice, .dtypeNotString, .shapeNotIntegers, .offsetsNotIntegers, .offsetsReversed, .dataGap,
  .dataOverlap, .dataBeyondFile, .dataUncovered, .shapeOverflow, .partialByte, .sizeMismatch, .unknownTensor,
  .outsideTensor, .headerDoesNotFit, .unknownSize,
]

extension Code {
  /// The file is too short for a header's length.
  public static let headerMissing = Code(
    "R0401", .badData, "no safetensors header",
    cause: """
      A safetensors file begins with eight bytes that say how long its header is. This file has fewer than \
      eight bytes; it is empty, or was cut off while it was written or downloaded.
      """,
    fix: "Make or download the file again, and compare its size with that of the original.")

  /// The length of the header is above the format's limit.
  public static let headerTooLong = Code(
    "R0402", .badData, "header longer than the format allows",
    cause: """
      The first eight bytes of a safetensors file are the length of its header, and the format limits that \
      to 100,000,000. A larger number nearly always means that the file is not a safetensors file: a \
      pickle, an HDF5 or GGUF file, a Git LFS pointer, or a web page saved under the name of a download.
      """,
    fix: "Look at the first bytes (head -c 64 FILE | xxd). Convert other formats to safetensors first.")

  /// The header's length is larger than the file.
  public static let headerBeyondFile = Code(
    "R0403", .badData, "header reaches beyond the end of the file",
    cause: """
      The first eight bytes announce a header that is longer than the rest of the file. The file was cut \
      off, or is not a safetensors file (a Git LFS pointer, for example).
      """,
    fix: "Download or write the file again; for a Git LFS pointer, run git lfs pull.")

  /// The header's first byte is not an opening brace.
  public static let headerStart = Code(
    "R0404", .badData, "header does not begin with '{'",
    cause: """
      The format requires that the header's first byte, the ninth of the file, is an opening brace: what \
      follows the length is a JSON object, and only its end may be padded with spaces.
      """,
    fix: """
      Write the file again with a current safetensors library. If it has another format, convert it first.
      """)

  /// The header holds bytes that are not UTF-8.
  public static let headerNotUTF8 = Code(
    "R0405", .badData, "header is not UTF-8",
    cause: "The header is text in UTF-8, and holds a byte sequence that is not. The file is damaged.",
    fix: "Download or write the file again.")

  /// The header is not well-formed JSON.
  public static let headerNotJSON = Code(
    "R0406", .badData, "header is not JSON",
    cause: """
      The header is a JSON object, and breaks JSON's grammar at the byte named: a missing comma, text \
      behind the closing brace, an unfinished string, nesting deeper than 127, a number outside of the \
      range of a double.
      """,
    fix: "Write the file again with a safetensors library; headers made by hand must be strict JSON.")

  /// Two tensors have the same name.
  public static let duplicateTensor = Code(
    "R0407", .badData, "two tensors of the same name",
    cause: """
      The format forbids a name to occur twice in the header. Libraries that do not check would take one \
      of the two without a word.
      """,
    fix: "Write the file again so that each tensor has its own name.")

  /// The metadata is not an object of strings.
  public static let metadataNotStrings = Code(
    "R0408", .badData, "metadata is not an object of strings",
    cause: "The header's '__metadata__' must be an object whose values are all strings.",
    fix: "Turn the values into strings; structured ones are kept as JSON text within a string.")

  /// Metadata occurs twice, as a whole or a key of it.
  public static let duplicateMetadata = Code(
    "R0409", .badData, "metadata given twice",
    cause: """
      '__metadata__', or a key within it, occurs twice in the header; the format forbids duplicate keys.
      """,
    fix: "Write the file again with each metadata key once.")

  /// A tensor's entry is not an object.
  public static let entryNotObject = Code(
    "R0410", .badData, "a tensor's entry is not an object",
    cause: """
      Every member of the header besides '__metadata__' describes a tensor, and must be an object with \
      dtype, shape and data_offsets.
      """,
    fix: "Move values of your own into '__metadata__', as strings.")

  /// A tensor's entry lacks one of its three fields.
  public static let entryFieldMissing = Code(
    "R0411", .badData, "a tensor's entry lacks a field",
    cause: "A tensor's entry must have all three of dtype, shape and data_offsets.",
    fix: "Write the file again with a safetensors library.")

  /// A tensor's entry has a field twice.
  public static let entryFieldTwice = Code(
    "R0412", .badData, "a tensor's entry has a field twice",
    cause: "dtype, shape or data_offsets occurs twice in one entry; the format forbids duplicate keys.",
    fix: "Write the file again with a safetensors library.")

  /// A dtype is not a string.
  public static let dtypeNotString = Code(
    "R0413", .badData, "dtype is not a string",
    cause: "A tensor's dtype is a string such as \"F32\" or \"BF16\".",
    fix: "Write the file again with a safetensors library.")

  /// A shape is not a list of sizes.
  public static let shapeNotIntegers = Code(
    "R0414", .badData, "shape is not a list of sizes",
    cause: """
      A tensor's shape is an array of non-negative integers, written without sign, fraction or exponent; \
      an empty array is a scalar.
      """,
    fix: "Write the file again with a safetensors library.")

  /// Data offsets are not a pair of integers.
  public static let offsetsNotIntegers = Code(
    "R0415", .badData, "data_offsets is not a pair of integers",
    cause: """
      A tensor's data_offsets are two non-negative integers, where its bytes begin and end, counted from \
      the end of the header.
      """,
    fix: "Write the file again with a safetensors library.")

  /// A tensor's data end before they begin.
  public static let offsetsReversed = Code(
    "R0416", .badData, "data end before they begin",
    cause: "The first of a tensor's data_offsets is larger than the second.",
    fix: "Write the file again with a safetensors library.")

  /// Bytes between two tensors belong to none.
  public static let dataGap = Code(
    "R0417", .badData, "a hole between tensors",
    cause: """
      The tensors' data must follow each other from the end of the header on without a hole. Bytes that \
      belong to no tensor could hide anything, so the format forbids them.
      """,
    fix: """
      Write the file again with a safetensors library; align the data by padding the header, not the data.
      """)

  /// Two tensors share bytes.
  public static let dataOverlap = Code(
    "R0418", .badData, "tensors overlap",
    cause: """
      The data of two tensors share bytes. The format forbids it; tied tensors are stored once, and their \
      other names are kept in the metadata.
      """,
    fix: "Save tied tensors once (safetensors.torch.save_model does), or as copies.")

  /// A tensor's data reach beyond the end of the file.
  public static let dataBeyondFile = Code(
    "R0419", .badData, "the file ends before its tensors do",
    cause: "The header describes more data than the file holds: the file was cut off.",
    fix: "Download or write the file again, and compare its size with that of the original.")

  /// The file goes on behind the last tensor.
  public static let dataUncovered = Code(
    "R0420", .badData, "bytes behind the last tensor",
    cause: """
      The file is longer than its header says. The format wants the last tensor to end at the end of the \
      file. Two downloads were joined, or a longer file was overwritten by a shorter one.
      """,
    fix: "Download or write the file again.")

  /// A shape's number of elements or bytes overflows.
  public static let shapeOverflow = Code(
    "R0421", .badData, "shape too large",
    cause: "The product of a tensor's sizes, or its number of bits, does not fit into 64 bits.",
    fix: "Write the file again with a safetensors library; the header is damaged or hostile.")

  /// A tensor of a dtype below a byte does not fill its last byte.
  public static let partialByte = Code(
    "R0422", .badData, "tensor ends within a byte",
    cause: """
      F4 and F6 elements have four and six bits. A tensor of them must fill whole bytes: an even number of \
      F4 elements, a multiple of four F6 elements.
      """,
    fix: "Pad the tensor's last dimension before it is packed.")

  /// The data's size is not what shape and dtype make.
  public static let sizeMismatch = Code(
    "R0423", .badData, "size does not match shape and dtype",
    cause: """
      A tensor's data_offsets span a number of bytes that differs from the product of its shape and dtype.
      """,
    fix: "Write the file again with a safetensors library.")

  /// A file has no tensor of that name.
  public static let unknownTensor = Code(
    "R0424", .badData, "no such tensor",
    cause: "The file has no tensor of the name that was asked for.",
    fix: "List the names with reinit summary FILE.")

  /// A range to be read or written lies outside of its tensor.
  public static let outsideTensor = Code(
    "R0425", .internal, "range outside of the data",
    cause: "A part of the program asked for bytes that do not belong to the tensor or file. This is a bug.",
    fix: "Please report it with the command and a file that shows it.")

  /// A new header does not fit into the place of the old one.
  public static let headerDoesNotFit = Code(
    "R0426", .badData, "new header does not fit",
    cause: """
      In place, a file's header can only grow into the spaces behind it, since the data must not move. \
      Files written by other tools have next to none.
      """,
    fix: "Write a new file instead (reinit apply FILE -o OUTPUT): it gets room for later runs.")

  /// A tensor's size is needed, and its dtype is not known.
  public static let unknownSize = Code(
    "R0427", .badData, "dtype of unknown size",
    cause: """
      The number of bytes of a tensor to be written cannot be computed, since its dtype is not one of the \
      format's. Tensors of unknown dtypes can be copied from file to file, not made.
      """,
    fix: "Use a dtype of the format (docs/safetensors.md lists them).")
}

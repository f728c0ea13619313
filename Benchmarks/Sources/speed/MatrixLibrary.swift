import ArgumentParser
import Foundation

/// What multiplies matrices, found by name when the program runs: the library that the package itself is linked to, or
/// any other file with the interface of oneDNN's or the standard BLAS's product.
struct MatrixLibrary: @unchecked Sendable {
  private typealias OneDNN =
    @convention(c) (
      CChar, CChar, Int, Int, Int, Float, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, Float,
      UnsafeMutablePointer<Float>, Int
    ) -> CInt
  private typealias CBLAS =
    @convention(c) (
      CInt, CInt, CInt, CInt, CInt, CInt, Float, UnsafePointer<Float>, CInt, UnsafePointer<Float>, CInt, Float,
      UnsafeMutablePointer<Float>, CInt
    ) -> Void
  private typealias CountSetter = @convention(c) (CInt) -> Void

  /// Its name, version and file.
  let description: String
  private let oneDNN: OneDNN?
  private let blas: CBLAS?
  private let countSetters: [CountSetter]

  /// The package's own, or the one in the file at `path`.
  init(path: String? = nil) throws {
    // Bound to itself: another version of a library that is loaded already must not call that one's functions.
    let deepBinding: CInt = 8
    let handle = try path.map { path in
      guard let handle = dlopen(path, RTLD_NOW | deepBinding) else {
        throw ValidationError(dlerror().map { String(cString: $0) } ?? "\(path): cannot be loaded")
      }
      return handle
    }
    func find<Function>(_ name: String, as type: Function.Type) -> Function? {
      dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
    oneDNN = find("dnnl_sgemm", as: OneDNN.self)
    blas = oneDNN == nil ? find("cblas_sgemm", as: CBLAS.self) : nil
    guard let symbol = dlsym(handle, oneDNN == nil ? "cblas_sgemm" : "dnnl_sgemm") else {
      throw ValidationError("\(path ?? "this program"): neither dnnl_sgemm nor cblas_sgemm is in it")
    }
    let names = ["omp_set_num_threads", "openblas_set_num_threads", "MKL_Set_Num_Threads"]
    countSetters = names.compactMap { find($0, as: CountSetter.self) }
    description = Self.version(handle) + Self.file(holding: symbol)
  }

  /// Leaves a product to the thread that asks for it; to be called in each such thread.
  func useOneThread() { for set in countSetters { set(1) } }

  /// out = a b + (adding ? out : 0), [m, k] times [k, n], row-major, each factor turned over where asked.
  func multiply(
    _ a: UnsafePointer<Float>, stride aStride: Int, transposed aTransposed: Bool, _ b: UnsafePointer<Float>,
    stride bStride: Int, transposed bTransposed: Bool, m: Int, n: Int, k: Int, into out: UnsafeMutablePointer<Float>,
    stride outStride: Int, adding: Bool
  ) {
    let beta: Float = adding ? 1 : 0
    if let oneDNN {
      let (yes, no) = (CChar(84), CChar(78))  // T, N
      _ = oneDNN(
        aTransposed ? yes : no, bTransposed ? yes : no, m, n, k, 1, a, aStride, b, bStride, beta, out, outStride)
    } else if let blas {
      let (yes, no): (CInt, CInt) = (112, 111)
      blas(
        101, aTransposed ? yes : no, bTransposed ? yes : no, CInt(m), CInt(n), CInt(k), 1, a, CInt(aStride), b,
        CInt(bStride), beta, out, CInt(outStride))
    }
  }

  private static func version(_ handle: UnsafeMutableRawPointer?) -> String {
    if let symbol = dlsym(handle, "dnnl_version") {
      let function = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CInt>).self)
      let numbers = function()
      return "oneDNN \(numbers[0]).\(numbers[1]).\(numbers[2]), "
    }
    guard let symbol = dlsym(handle, "openblas_get_config") else { return "" }
    let function = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CChar>).self)
    return String(cString: function()).split(separator: " ").prefix(2).joined(separator: " ") + ", "
  }

  /// The file that a function was loaded from.
  private static func file(holding symbol: UnsafeMutableRawPointer) -> String {
    let address = UInt(bitPattern: symbol)
    let maps = FileHandle(forReadingAtPath: "/proc/self/maps")?.readDataToEndOfFile() ?? Data()
    let line = String(decoding: maps, as: UTF8.self).split(separator: "\n").first { line in
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 && ends[0] <= address && address < ends[1]
    }
    return line?.split(separator: " ").last.map(String.init) ?? "unknown file"
  }
}

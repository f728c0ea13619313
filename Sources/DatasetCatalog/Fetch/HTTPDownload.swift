import Datasets
import Files
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One file from one address, written as it comes.
final class HTTPDownload: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  // The session calls its delegate on one queue, and `run` reads the outcome only after the last call.
  private let address: String
  private let file: OutputFile
  private let progress: @Sendable (FetchProgress) -> Void
  private let done = DispatchSemaphore(value: 0)
  private let start = Date()
  private var received = 0
  private var total: Int?
  private var failure: DataError?
  private var lastReport = Date.distantPast

  /// No set in the catalog comes near.
  private static let greatestSize = 2 << 30

  /// Fetches `address` to `path`; throws `DataError` for whatever isn't a whole file.
  static func run(
    _ address: String, to path: String, timeout: Double, progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws {
    guard let url = URL(string: address) else {
      throw DataError(file: address, expected: "an address", found: "none", remedy: "correct the address")
    }
    let download = HTTPDownload(address: address, file: try OutputFile(path: path), progress: progress)
    let configuration = URLSessionConfiguration.ephemeral
    // The longest silence, so it bounds the wait for a connection too.
    configuration.timeoutIntervalForRequest = timeout
    configuration.urlCache = nil
    let session = URLSession(configuration: configuration, delegate: download, delegateQueue: nil)
    var request = URLRequest(url: url)
    // A body that is inflated on the way could not be compared with its announced length.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    session.dataTask(with: request).resume()
    download.done.wait()
    session.finishTasksAndInvalidate()
    if let failure = download.failure { throw failure }
    try download.file.finish()
  }

  private init(address: String, file: OutputFile, progress: @escaping @Sendable (FetchProgress) -> Void) {
    self.address = address
    self.file = file
    self.progress = progress
  }

  private func fail(expected: String, found: String) {
    guard failure == nil else { return }
    failure = DataError(
      file: address, expected: expected, found: found, remedy: "check the network, or try again later")
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 200
    if response.expectedContentLength >= 0 { total = Int(response.expectedContentLength) }
    if status != 200 { fail(expected: "the file (HTTP 200)", found: "HTTP \(status)") }
    if (total ?? 0) > Self.greatestSize { fail(expected: "a file of at most 2 GB", found: "\(total ?? 0) bytes") }
    completionHandler(failure == nil ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard failure == nil else { return }
    received += data.count
    if received > Self.greatestSize { fail(expected: "a file of at most 2 GB", found: "more") }
    do {
      try data.withUnsafeBytes { try file.write($0) }
    } catch {
      failure = error as? DataError
    }
    if failure != nil {
      dataTask.cancel()
    } else if Date().timeIntervalSince(lastReport) > 0.1 || received == total {
      lastReport = Date()
      progress(
        FetchProgress(
          source: address, received: received, total: total, seconds: Date().timeIntervalSince(start)))
    }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
    if let error {
      fail(expected: "the whole file", found: "\(received) bytes, then: \(error.localizedDescription)")
    } else if let total, received != total {
      fail(expected: "\(total) bytes", found: "\(received)")
    }
    done.signal()
  }
}

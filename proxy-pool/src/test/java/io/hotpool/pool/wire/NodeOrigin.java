package io.hotpool.pool.wire;

import io.hotpool.pool.testing.TestCertificates.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** An origin in Node.js that speaks HTTP/2 or HTTP/1.1 over TLS and misbehaves by path. */
final class NodeOrigin implements AutoCloseable {
    private static final String SCRIPT = """
            const http2 = require('http2'), https = require('https'), fs = require('fs'), zlib = require('zlib');
            const [,, protocol, streams] = process.argv;
            const options = { cert: fs.readFileSync('cert.pem'), key: fs.readFileSync('key.pem') };
            let sessions = 0, held = [], seen = {};
            const answer = (q, s) => {
              const name = q.headers[':authority'] || q.headers.host;
              const path = q.url.split('?')[0];
              seen[q.url] = (seen[q.url] || 0) + 1;
              const socket = q.stream ? q.stream.session.socket : q.socket;
              s.setHeader('x-seen', seen[q.url]);
              s.setHeader('x-sessions', sessions);
              s.setHeader('x-sni', '' + socket.servername);
              s.setHeader('x-version', q.httpVersion);
              if (path === '/hold') {
                held.push(s);
                if (held.length == +q.url.split('?')[1]) { held.forEach(h => h.end('all')); held = []; }
              } else if (path === '/refuse' && seen[q.url] == 1) {
                q.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
              } else if (path === '/break') {
                q.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
              } else if (path === '/goaway') {
                const session = q.stream.session;
                s.end('bye');
                setTimeout(() => session.close(), 20);
              } else if (path === '/br') {
                s.setHeader('content-encoding', 'br');
                s.end(zlib.brotliCompressSync('brotli'.repeat(10000)));
              } else if (path === '/echo') {
                q.pipe(s);
              } else {
                s.end(name + q.url);
              }
            };
            const server = protocol === 'h2'
              ? http2.createSecureServer({...options, settings: streams ? {maxConcurrentStreams: +streams} : {}}, answer)
              : https.createServer(options, answer);
            server.on(protocol === 'h2' ? 'session' : 'secureConnection', () => sessions++);
            server.keepAliveTimeout = 60000;
            server.on('error', () => {});
            server.on('sessionError', () => {});
            server.listen(0, '127.0.0.1', () => console.log(server.address().port));
            """;

    private final Process process;
    private final int port;

    NodeOrigin(Path folder, Identity identity, String protocol, String... more) throws IOException {
        Files.writeString(folder.resolve("server.js"), SCRIPT);
        Files.copy(identity.writeChain(Files.createDirectory(folder.resolve("c"))), folder.resolve("cert.pem"));
        Files.copy(identity.writeKey(Files.createDirectory(folder.resolve("k"))), folder.resolve("key.pem"));
        String[] command = Stream.concat(Stream.of("node", "server.js", protocol), Stream.of(more))
                .toArray(String[]::new);
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("error.log").toFile())
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException(Files.readString(folder.resolve("error.log")));
        }
        port = Integer.parseInt(line);
    }

    static boolean installed() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, "node")));
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

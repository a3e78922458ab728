"""Measurements that are one number per contestant and need no load generator: each takes (contestant, origin) -> dict."""
import os
import re
import socket
import ssl
import subprocess
import time

import contestants

IDLE_CLIENTS = 200
NEW_CLIENTS = 400
NAMES = 50

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


def _tunnel(contestant, target):
    """A TLS connection through the contestant."""
    raw = socket.create_connection(('127.0.0.1', contestant.port), 20)
    raw.sendall(b'CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n' % (target.encode(), target.encode()))
    answer = b''
    while b'\r\n\r\n' not in answer:
        piece = raw.recv(4096)
        if not piece:
            raise OSError('closed after CONNECT')
        answer += piece
    if b' 200 ' not in answer.split(b'\r\n')[0]:
        raise OSError(answer.split(b'\r\n')[0].decode())
    name = target.rsplit(':', 1)[0]
    return TLS.wrap_socket(raw, server_hostname=None if name[0].isdigit() else name)


def _get(connection, host):
    connection.sendall(b'GET /1k HTTP/1.1\r\nHost: %s\r\n\r\n' % host.encode())
    answer = b''
    while len(answer.partition(b'\r\n\r\n')[2]) < 1024:
        piece = connection.recv(65536)
        if not piece:
            raise OSError('closed before the answer: %r' % answer[:60])
        answer += piece


def resident(pid, tree):
    """MiB of a process tree."""
    total = 0
    for p in tree(pid):
        with open('/proc/%d/status' % p) as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith('VmRSS:'))
    return total / 1024


def transfer(contestant, origin, cpu, up):
    """W5 -> CPU-seconds per GB, one client."""
    target = origin.h2 if contestant.upstream == 'h2' else origin.h1
    big = os.path.join(origin.directory, 'root', 'big')
    way = ['-T', big, 'https://127.0.0.1:%d/up' % target] if up else ['https://127.0.0.1:%d/big' % target]
    before = cpu(contestant.pid)
    done = subprocess.run(['curl', '-sSk', '--http1.1', '-H', 'Expect:', '-x', 'http://127.0.0.1:%d' % contestant.port, '-o', '/dev/null', '-w',
                           '%{size_upload} %{size_download}'] + way, capture_output=True, text=True, timeout=300)
    sizes = [int(x) for x in re.findall(r'\d+', done.stdout)] or [0, 0]
    if done.returncode or sizes[0 if up else 1] != contestants.BIG:
        raise OSError('%s %s' % (done.stdout, done.stderr))
    return {'cpu_per_gb': (cpu(contestant.pid) - before) / contestants.BIG * 1e9}


def start(make, origin):
    """W3 -> seconds from exec to the first proxied byte. make(): starts one."""
    begun = time.monotonic()
    started = make()
    try:
        with _tunnel(started, '127.0.0.1:%d' % origin.h1) as connection:
            _get(connection, '127.0.0.1:%d' % origin.h1)
        return {'seconds': time.monotonic() - begun}
    finally:
        started.stop()


def at_rest(make, origin, tree):
    """-> MiB resident 10 s after 100 requests of a fresh process."""
    started = make()
    try:
        target = '127.0.0.1:%d' % origin.h1
        for _ in range(10):
            with _tunnel(started, target) as connection:
                for _ in range(10):
                    _get(connection, target)
        time.sleep(10)
        return {'mib': resident(started.pid, tree)}
    finally:
        started.stop()


def minting(contestant, origin, cpu):
    """W6 -> CPU-ms per new name: its leaf, and the client's handshake with it. No request goes out."""
    stamp = '%x' % time.time_ns()
    before = cpu(contestant.pid)
    for i in range(NAMES):
        _tunnel(contestant, 'n%d-%s.bench.test:443' % (i, stamp)).close()
    return {'cpu_ms': (cpu(contestant.pid) - before) / NAMES * 1000}


def idle(contestant, origin, tree):
    """W7 -> KiB per client that has made one request over TLS and is silent."""
    target = '127.0.0.1:%d' % origin.h1
    clients = []
    try:
        for _ in range(20):
            clients.append(_tunnel(contestant, target))
            _get(clients[-1], target)
        before = resident(contestant.pid, tree)
        for _ in range(IDLE_CLIENTS):
            clients.append(_tunnel(contestant, target))
            _get(clients[-1], target)
        time.sleep(5)
        return {'kib': (resident(contestant.pid, tree) - before) * 1024 / IDLE_CLIENTS}
    finally:
        for client in clients:
            client.close()


def reuse(contestant, origin):
    """W9 -> connections at the origin for 400 new clients of a warm host, one after the other."""
    target = '127.0.0.1:%d' % (origin.h2 if contestant.upstream == 'h2' else origin.h1)

    def one():
        with _tunnel(contestant, target) as connection:
            _get(connection, target)
    one()
    before = origin.counters()['accepts']
    for _ in range(NEW_CLIENTS):
        one()
    return {'connections': origin.counters()['accepts'] - before - 1}

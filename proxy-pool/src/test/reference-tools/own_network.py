#!/usr/bin/env python3
"""own_network - run a server that listens on all addresses where nobody but this machine's loopback can reach it.

  own_network.py PORT COMMAND...   the command runs in a network namespace of its own; 127.0.0.1:PORT here leads to its PORT
  own_network.py 0                 is that possible here? exit 0, or 77 with the reason

Linux, python3 standard library only; root, or a kernel that gives unprivileged user namespaces.
"""
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

CLONE_NEWUSER, CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x10000000, 0x40000000, 0x8914, 1


def leave():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        print('no network namespace: ' + os.strerror(ctypes.get_errno()))
        sys.exit(77)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack('16sh22x', b'lo', IFF_UP))


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def copy(a, b):
    try:
        while True:
            d = a.recv(65536)
            if not d:
                break
            b.sendall(d)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        for s in (a, b):
            s.close()


def inside(port):
    return socket.create_connection(('127.0.0.1', port), 2)


def main():
    port = int(sys.argv[1])
    outside = socket.socket()
    outside.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    outside.bind(('127.0.0.1', port))
    leave()
    if port == 0:
        return
    child = subprocess.Popen(sys.argv[2:], preexec_fn=die_with_parent)
    while True:
        try:
            inside(port).close()
            break
        except OSError:
            if child.poll() is not None:
                sys.exit('%s ended with %d' % (sys.argv[2], child.returncode))
            time.sleep(0.02)
    outside.listen(64)
    while True:
        a, b = outside.accept()[0], inside(port)
        for s in (a, b):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for pair in ((a, b), (b, a)):
            threading.Thread(target=copy, args=pair, daemon=True).start()


main()

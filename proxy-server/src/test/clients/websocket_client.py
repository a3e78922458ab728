"""A WebSocket server and a client of it that goes through a proxy by CONNECT: the library websockets at both ends.

    websocket_client.py PROXY_PORT ws|wss HOST HOTPOOL_ROOT ORIGIN_CHAIN ORIGIN_KEY
"""
import asyncio
import os
import socket
import ssl
import sys

import websockets

proxy, scheme, host, root, chain, key = sys.argv[1:]


async def echo(connection, *_):
    async for message in connection:
        await connection.send(message)


def tunnel(port):
    raw = socket.create_connection(('127.0.0.1', int(proxy)), 20)
    raw.sendall(b'CONNECT %s:%d HTTP/1.1\r\nHost: %s:%d\r\n\r\n' % (host.encode(), port, host.encode(), port))
    answer = b''
    while b'\r\n\r\n' not in answer:
        answer += raw.recv(1)
    assert b' 200 ' in answer, answer
    raw.setblocking(False)
    return raw


async def main():
    of_origin = of_client = None
    if scheme == 'wss':
        of_origin = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        of_origin.load_cert_chain(chain, key)
        of_client = ssl.create_default_context(cafile=root)
    async with websockets.serve(echo, '127.0.0.1', 0, ssl=of_origin, max_size=1 << 24) as server:
        port = server.sockets[0].getsockname()[1]
        names = {'server_hostname': host} if of_client else {}
        async with websockets.connect('%s://%s:%d/socket' % (scheme, host, port), sock=tunnel(port), ssl=of_client,
                                      max_size=1 << 24, **names) as client:
            await client.send('hello')
            assert await client.recv() == 'hello'
            big = os.urandom(3 << 20)
            await client.send(big)
            assert await client.recv() == big
            await client.send([b'in ', b'frag', b'ments'])
            assert await client.recv() == b'in fragments'
            await asyncio.wait_for(await client.ping(), 10)
            for i in range(200):
                await client.send(str(i))
            assert [await client.recv() for _ in range(200)] == [str(i) for i in range(200)]
        assert client.close_code == 1000, client.close_code
        print('closed with', client.close_code)

asyncio.run(asyncio.wait_for(main(), 60))

"""A path that takes time, in user space: bytes between a port and another arrive half a round trip later.

    delay.py LISTEN:TARGET:MILLISECONDS …

The kernel's handshake on loopback is instant; the first bytes of a connection wait for the round trip that it stands for.
"""
import asyncio
import sys


class Side(asyncio.Protocol):
    """Reads one socket and writes to its other side, later."""

    def __init__(self, delay, opened):
        self.delay, self.opened = delay, opened
        self.other = None
        self.transport = None
        self.last = 0.0
        self.early = []

    def connection_made(self, transport):
        self.transport = transport
        for act in self.early:
            act()

    def later(self, act):
        loop = asyncio.get_running_loop()
        self.last = max(loop.time() + self.delay, self.opened + 3 * self.delay, self.last + 1e-6)
        loop.call_at(self.last, act)

    def data_received(self, data):
        self.later(lambda: self.other.when_there(lambda: self.other.transport.write(data)))

    def eof_received(self):
        self.later(lambda: self.other.when_there(self.other.transport.write_eof))
        return True

    def connection_lost(self, error):
        self.later(lambda: self.other.when_there(self.other.transport.close))

    def when_there(self, act):
        if self.transport:
            act()
        else:
            self.early.append(act)


async def connect(near, target):
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: near.other, '127.0.0.1', target)


def accept(target, delay):
    loop = asyncio.get_running_loop()
    near, far = Side(delay, loop.time()), Side(delay, loop.time())
    near.other, far.other = far, near
    loop.create_task(connect(near, target))
    return near


async def main(paths):
    loop = asyncio.get_running_loop()
    for path in paths:
        listen, target, milliseconds = path.split(':')
        await loop.create_server(lambda t=int(target), d=float(milliseconds) / 2000: accept(t, d), '127.0.0.1', int(listen), backlog=512)
    print('ready', flush=True)
    await asyncio.Event().wait()


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1:]))

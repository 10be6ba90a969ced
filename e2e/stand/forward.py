"""A TCP port that leads to another: `python -m e2e.stand.forward --from HOST:PORT --to HOST:PORT`.

Two of them carry a port of the town's loopback to the village's: pages and programs there may go on
speaking to 127.0.0.1, as browsers ask of a page that opens cameras.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys

READ_BYTES = 65_536


async def serve(here: tuple[str, int], there: tuple[str, int]) -> None:
    """Lead every connection on."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*there)
        except OSError:
            writer.transport.abort()
            return
        for each in (writer, far_writer):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))

    async with await asyncio.start_server(lead, *here) as listening:
        print("listening", flush=True)
        await listening.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(READ_BYTES):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> int:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m e2e.stand.forward")
    parser.add_argument("--from", dest="here", type=_address, required=True)
    parser.add_argument("--to", dest="there", type=_address, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.here, options.there))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""As little of TURN (RFC 8656, over UDP) as asks a relay whether it would reach an address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Self

ALLOCATE, CREATE_PERMISSION = 0x0003, 0x0008
USERNAME, MESSAGE_INTEGRITY, ERROR_CODE = 0x0006, 0x0008, 0x0009
XOR_PEER_ADDRESS, REALM, NONCE = 0x0012, 0x0014, 0x0015
REQUESTED_ADDRESS_FAMILY, REQUESTED_TRANSPORT = 0x0017, 0x0019
UNAUTHORISED, FORBIDDEN = 401, 403
_COOKIE = 0x2112A442
_IS_ERROR = 0x0110
_UDP = 17
_FAMILIES = {4: 1, 6: 2}
_HEADER_BYTES = 20
_ANSWER_WITHIN_S, _ASK_AGAIN_S, _AGAIN_AFTER_S = 15.0, 1.0, 0.05


class Refused(Exception):
    """The relay answered with an error: `code`, 403 for an address that it never reaches."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        super().__init__(f"the relay answers {code}")
        self.code = code


@dataclass
class TurnClient:
    """One allocation at the relay on `port` of this machine. A context manager.

    `secret` is the relay's own (`static-auth-secret`); `version` the relayed address's, 4 or 6.
    Raises Refused when the relay gives no address, TimeoutError when it does not answer.
    """

    port: int
    secret: str
    version: int = 4
    _ends_at: int = field(default_factory=lambda: int(time.time()) + 600)
    _realm: bytes = b""
    _nonce: bytes = b""
    _socket: socket.socket = field(
        default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    )

    def __enter__(self) -> Self:
        self._socket.settimeout(_ASK_AGAIN_S)
        self._socket.connect(("127.0.0.1", self.port))
        wished: list[tuple[int, bytes | None]] = [
            (REQUESTED_TRANSPORT, bytes([_UDP, 0, 0, 0])),
            (REQUESTED_ADDRESS_FAMILY, bytes([_FAMILIES[self.version], 0, 0, 0])),
        ]
        try:
            # The first answer is 401, with the realm and the nonce that a signed request needs.
            try:
                self._ask(ALLOCATE, wished)
            except Refused as refused:
                if refused.code != UNAUTHORISED:
                    raise
            self._ask(ALLOCATE, wished)
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()

    def permit(self, address: str) -> None:
        """Ask to exchange packets with `address`. Raises Refused."""
        self._ask(CREATE_PERMISSION, [(XOR_PEER_ADDRESS, None)], peer=address)

    def _ask(self, method: int, wished: list[tuple[int, bytes | None]], *, peer: str = "") -> None:
        transaction = secrets.token_bytes(12)
        attributes = [
            (kind, _xored(peer, transaction) if value is None else value) for kind, value in wished
        ]
        message = self._signed(method, transaction, attributes)
        answer = self._exchange(message, transaction)
        found = _attributes(answer)
        self._realm = found.get(REALM, self._realm)
        self._nonce = found.get(NONCE, self._nonce)
        if int.from_bytes(answer[:2]) & _IS_ERROR == _IS_ERROR:
            raise Refused(found[ERROR_CODE][2] * 100 + found[ERROR_CODE][3])

    def _exchange(self, message: bytes, transaction: bytes) -> bytes:
        """Send until it is answered: UDP may lose it, and coturn may not listen there yet."""
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while time.monotonic() < deadline:
            try:
                self._socket.send(message)
                while (answer := self._socket.recv(2048))[8:_HEADER_BYTES] != transaction:
                    pass
            except TimeoutError:
                continue
            except ConnectionRefusedError:
                time.sleep(_AGAIN_AFTER_S)
            else:
                return answer
        raise TimeoutError(f"the relay has not answered within {_ANSWER_WITHIN_S:g} s")

    def _signed(
        self, method: int, transaction: bytes, attributes: list[tuple[int, bytes]]
    ) -> bytes:
        if not self._nonce:
            return _message(method, transaction, attributes)
        # coturn's REST credentials: a name that ends at an hour, and its HMAC as the password.
        # An allocation belongs to the name that asked for it; another is refused (441).
        user = f"{self._ends_at}:test".encode()
        password = base64.b64encode(hmac.new(self.secret.encode(), user, "sha1").digest())
        names = [(USERNAME, user), (REALM, self._realm), (NONCE, self._nonce)]
        known = b":".join([user, self._realm, password])
        key = hashlib.md5(known, usedforsecurity=False).digest()
        # The length that is signed counts the signature itself (RFC 8489 section 14.5).
        unsigned = _message(method, transaction, [*attributes, *names], still_to_come=24)
        signature = hmac.new(key, unsigned, "sha1").digest()
        return unsigned + _attribute(MESSAGE_INTEGRITY, signature)


def _message(
    method: int,
    transaction: bytes,
    attributes: list[tuple[int, bytes]],
    *,
    still_to_come: int = 0,
) -> bytes:
    body = b"".join(_attribute(kind, value) for kind, value in attributes)
    return struct.pack("!HHI", method, len(body) + still_to_come, _COOKIE) + transaction + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _attributes(message: bytes) -> dict[int, bytes]:
    found, at = {}, _HEADER_BYTES
    while at + 4 <= len(message):
        kind, length = struct.unpack_from("!HH", message, at)
        found[kind] = message[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    return found


def _xored(address: str, transaction: bytes, *, port: int = 9) -> bytes:
    parsed = ipaddress.ip_address(address)
    mask = struct.pack("!I", _COOKIE) + transaction
    hidden = bytes(one ^ other for one, other in zip(parsed.packed, mask, strict=False))
    return struct.pack("!BBH", 0, _FAMILIES[parsed.version], port ^ (_COOKIE >> 16)) + hidden

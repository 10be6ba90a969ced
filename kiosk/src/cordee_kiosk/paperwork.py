"""Papers on their way to the agent: scanned or offered, sealed, and handed to the post."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable

from cordee_kiosk import ports
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_kiosk.devices import Devices
from cordee_wire import kiosk_link


class Paperwork:
    """`take` is told how it goes: ScanWent `sealing`, `sending` or `failed`."""

    def __init__(self, devices: Devices, take: Callable[[e.Event], None]) -> None:
        self._on = devices
        self._take = take

    async def scan(self, scan_id: int, entry: kiosk_link.AgendaEntry) -> None:
        """Scan a page, keep a small picture of it, seal it and give it to the post."""
        try:
            picture = await self._on.scanner.scan()
            self._take(e.ScanWent(id=scan_id, state="sealing"))
            sealed = await self._sealed(picture, entry)
        except ports.Unavailable as error:
            self._fail(scan_id, error)
            return
        page = uuid.uuid4().hex
        small = await self._on.papers.keep(page, picture)
        self._post(scan_id, page, sealed, entry, small)

    async def seal(self, scan_id: int, name: str, entry: kiosk_link.AgendaEntry) -> None:
        """Seal a document that the partner's page offered, and give it to the post."""
        try:
            sealed = await self._sealed(self._document(name), entry)
        except ports.Unavailable as error:
            self._fail(scan_id, error)
            return
        self._post(scan_id, uuid.uuid4().hex, sealed, entry)

    def _document(self, name: str) -> bytes:
        if content := self._on.papers.document(name):
            return content
        raise ports.Unavailable("page_unknown", words.DOCUMENT_GONE)

    async def _sealed(self, content: bytes, entry: kiosk_link.AgendaEntry) -> ports.Sealed:
        now = self._on.clock.now()
        return await asyncio.to_thread(self._on.sealer.seal, content, entry=entry, now=now)

    def _fail(self, scan_id: int, error: ports.Unavailable) -> None:
        self._take(e.ScanWent(id=scan_id, state="failed", code=error.code, message=str(error)))

    def _post(
        self,
        scan_id: int,
        page: str,
        sealed: ports.Sealed,
        entry: kiosk_link.AgendaEntry,
        small: bytes = b"",
    ) -> None:
        self._on.post.put(page=page, visit=entry.visit, sealed=sealed)
        self._take(
            e.ScanWent(
                id=scan_id,
                state="sending",
                page=page,
                size_bytes=len(sealed.ciphertext),
                sha256=hashlib.sha256(sealed.ciphertext).hexdigest(),
                small=small,
            )
        )

"""A kiosk's socket: decode, authorise, one service call, encode."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from cordee.accounts.permissions import KIOSK, permits
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.fleet.queries import known_kiosk
from cordee.fleet.rules import SEEN_EVERY_S
from cordee.kernel.ids import is_hex
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import is_signed
from cordee.live.relay import (
    BAD_MESSAGES_LIMIT,
    CLOSE_BAD,
    CLOSE_UNKNOWN,
)
from cordee.live.socket import Socket
from cordee.live.watch import watch
from cordee.visits import services as visits
from cordee.visits.agenda import agenda_of
from cordee.visits.groups import visit_group
from cordee.visits.queries import is_at_kiosk
from cordee.visits.relays import relays
from cordee_wire import kiosk_link
from cordee_wire.message import MessageRefused, decode, encode
from cordee_wire.signed import challenge_payload

log = structlog.get_logger()

UNKNOWN = "Cette borne n’est pas reconnue. Inscrivez-la de nouveau avec un code."
HELLO_WITHIN_S = 10


@permits(KIOSK)
class KioskConsumer(Socket):
    """One link of one kiosk. Before it answers the challenge it hears the hour, or refusals."""

    async def connect(self) -> None:
        """Accept, and ask who it is."""
        self.kiosk: Kiosk | None = None
        self.nonce = secrets.token_urlsafe(24)
        self.instances: dict[str, str] = {}
        self.counters: dict[str, str] = {}
        self.shown = b""
        self.bad = 0
        self.heard_at = self.noted_at = timezone.now()
        self.tasks = [asyncio.create_task(self._expect_hello())]
        await self.accept()
        await self.say(kiosk_link.Challenge(nonce=self.nonce))

    async def leave(self) -> None:
        """Note that the kiosk left, and tell those who were with it."""
        for task in self.tasks:
            task.cancel()
        if self.kiosk is not None:
            watch.leave(self.kiosk.public_id, self._refresh)
        for visit in list(self.instances):
            await self._leave(visit)
        if self.kiosk is not None:
            await database_sync_to_async(fleet.note_sign_of_life)(
                kiosk=self.kiosk, now=self.heard_at
            )
            await database_sync_to_async(fleet.disconnect)(
                kiosk=self.kiosk, link=self.channel_name, now=timezone.now()
            )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message; nonsense gets a sentence, and too much of it the door."""
        self.heard_at = timezone.now()
        try:
            message: kiosk_link.FromKiosk = decode(
                text_data or bytes_data or b"", kiosk_link.FromKiosk
            )
            await self._take(message)
        except MessageRefused as refused:
            await self._refuse(refused.code, str(refused))
            self.bad += 1
            if self.bad >= BAD_MESSAGES_LIMIT:
                await self.end(CLOSE_BAD)
        except Refusal as refusal:
            about = getattr(message, "visit", "") or type(message).__struct_config__.tag
            await self._refuse(refusal.code, refusal.message, about=str(about))
        await self._note_heard()

    async def _take(self, message: kiosk_link.FromKiosk) -> None:
        match message:
            case kiosk_link.TimeAsked(sent=sent):
                await self.say(kiosk_link.TimeTold(sent=sent, now=timezone.now().timestamp()))
            case kiosk_link.Hello() if self.kiosk is None:
                await self._meet(message)
            case _ if self.kiosk is None:
                raise MessageRefused("unknown", "La borne doit d’abord se présenter.")
            case kiosk_link.Fact():
                await self._apply(message)
            case kiosk_link.Joined(visit=visit, instance=instance):
                await self._join(visit, instance)
            case kiosk_link.Relayed():
                await self._relay(message)
            case _:
                raise MessageRefused("unknown", "La borne s’est déjà présentée.")

    async def _meet(self, hello: kiosk_link.Hello) -> None:
        # Whoever speaks here is unknown: only what looks like an id reaches the database.
        kiosk = (
            await database_sync_to_async(known_kiosk)(hello.kiosk) if is_hex(hello.kiosk) else None
        )
        payload = challenge_payload(hello.kiosk, self.nonce)
        if kiosk is None or not is_signed(
            public_key=kiosk.public_key, signature=hello.signature, payload=payload
        ):
            await self._refuse("kiosk_unknown", UNKNOWN, about="hello")
            await self.end(CLOSE_UNKNOWN)
            return
        self.kiosk = kiosk
        await database_sync_to_async(fleet.connect)(
            kiosk=self.kiosk,
            link=self.channel_name,
            boot=hello.boot,
            version=hello.version,
            now=timezone.now(),
        )
        watch.join(kiosk.public_id, self._refresh)
        agenda = await self._agenda()
        self.shown = encode(kiosk_link.Agenda(entries=agenda))
        await self.say(
            kiosk_link.Welcome(
                now=timezone.now().timestamp(),
                site=self.kiosk.site.name,
                phone=self.kiosk.site.phone,
                agenda=agenda,
            )
        )

    async def _apply(self, fact: kiosk_link.Fact) -> None:
        is_new = await database_sync_to_async(visits.apply_fact)(
            kiosk=self.kiosk, fact=fact, now=timezone.now()
        )
        await self.say(kiosk_link.FactApplied(boot=fact.boot, seq=fact.seq))
        if is_new:
            await self.channel_layer.group_send(
                visit_group(fact.visit),
                {"type": "fact", "kind": fact.kind, "at": fact.at, "detail": fact.detail},
            )

    async def _join(self, visit: str, instance: str | None) -> None:
        await self._check_own(visit)
        if instance is None:
            await self._leave(visit)
            return
        self.instances[visit] = instance
        await self.channel_layer.group_add(visit_group(visit), self.channel_name)
        await self._announce(visit, instance, wants_answer=True)

    async def _leave(self, visit: str) -> None:
        if self.instances.pop(visit, None) is not None:
            await self.channel_layer.group_discard(visit_group(visit), self.channel_name)
            self.counters.pop(visit, None)
            await self._announce(visit, None, wants_answer=False)

    async def _relay(self, message: kiosk_link.Relayed) -> None:
        if message.visit not in self.instances:
            await self._check_own(message.visit)
        await self.channel_layer.group_send(
            visit_group(message.visit),
            {"type": "relayed", "from": "kiosk", "message": msgspec.to_builtins(message)},
        )

    async def _announce(self, visit: str, instance: str | None, *, wants_answer: bool) -> None:
        await self.channel_layer.group_send(
            visit_group(visit),
            {
                "type": "peer",
                "visit": visit,
                "role": "kiosk",
                "instance": instance,
                "socket": self.channel_name,
                "wants_answer": wants_answer,
            },
        )

    async def _check_own(self, visit: str) -> None:
        if not await database_sync_to_async(is_at_kiosk)(self.kiosk, visit):
            raise visits.NotYours

    # --- what the group says

    async def peer(self, event: dict[str, Any]) -> None:
        """The counter came or went; a newcomer is told that the kiosk is here."""
        if event["role"] != "agent":
            return
        visit = event["visit"]
        if event["instance"] is None:
            # An old page's socket may end after the new one is here: that is no leaving.
            if self.counters.get(visit, event["socket"]) != event["socket"]:
                return
            self.counters.pop(visit, None)
        else:
            self.counters[visit] = event["socket"]
        await self.say(kiosk_link.Peer(visit=visit, role="agent", instance=event["instance"]))
        if event["wants_answer"] and visit in self.instances:
            await self._announce(visit, self.instances[visit], wants_answer=False)

    async def relayed(self, event: dict[str, Any]) -> None:
        """A signal of the counter, for this instance only."""
        message = event["message"]
        if event["from"] == "agent" and message["to"] == self.instances.get(message["visit"]):
            await self.say(msgspec.convert(message, kiosk_link.Relayed))

    async def fact(self, event: dict[str, Any]) -> None:
        """The kiosk's own facts: it knows."""

    async def page_arrived(self, event: dict[str, Any]) -> None:
        """A page is whole: the upload's own answer says so."""

    async def _refresh(self) -> None:
        """Send the agenda when it is another one; let go a kiosk that was revoked."""
        if self.kiosk is None:
            return
        known = await database_sync_to_async(known_kiosk)(self.kiosk.public_id)
        # A box that was enrolled in its place has another key: this one is out too.
        if known is None or known.public_key != self.kiosk.public_key:
            await self._refuse("revoked", UNKNOWN, about="hello")
            await self.end(CLOSE_UNKNOWN)
            return
        agenda = kiosk_link.Agenda(entries=await self._agenda())
        if (text := encode(agenda)) != self.shown:
            await self.say(agenda)
            self.shown = text

    async def _agenda(self) -> list[kiosk_link.AgendaEntry]:
        found: list[kiosk_link.AgendaEntry] = await database_sync_to_async(agenda_of)(
            self.kiosk, now=timezone.now(), relays=relays()
        )
        return found

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_WITHIN_S)
        if self.kiosk is None:
            await self.end(CLOSE_UNKNOWN)

    async def _note_heard(self) -> None:
        """Write down when the kiosk was heard: its own word counts, no clock of ours."""
        if self.kiosk is None or self.heard_at - self.noted_at < timedelta(seconds=SEEN_EVERY_S):
            return
        self.noted_at = self.heard_at
        try:
            await database_sync_to_async(fleet.note_sign_of_life)(
                kiosk=self.kiosk, now=self.heard_at
            )
        except DatabaseError as error:
            log.warning("sign_of_life_missed", reason=type(error).__name__)

    async def _refuse(self, code: str, message: str, *, about: str = "") -> None:
        await self.say(kiosk_link.Refused(code=code, message=message, about=about))

"""The counter's socket: an agent at one of their own visits."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs

import msgspec
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.asgi import ASGIRequest
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from cordee.accounts.models import User
from cordee.accounts.permissions import AGENT, may_enter, permits
from cordee.accounts.queries import user_with_id
from cordee.directory.queries import agent_of, certificate_of
from cordee.kernel.ids import is_hex
from cordee.live.relay import (
    BAD_MESSAGES_LIMIT,
    CLOSE_BAD,
    CLOSE_UNKNOWN,
)
from cordee.live.socket import Socket
from cordee.live.watch import watch
from cordee.visits.agenda import entry_of
from cordee.visits.groups import visit_group
from cordee.visits.queries import visit_by_id, visit_of_agent
from cordee.visits.relays import relays
from cordee_wire import counter_link, kiosk_link
from cordee_wire.message import MessageRefused, decode

NOT_YOURS = "Ce rendez-vous n’est pas le vôtre. Revenez à vos rendez-vous."
SIGNED_OUT = "Votre compte est fermé. Adressez-vous à votre administration."
HANDED_OVER = "Une autre personne reçoit à votre place. Revenez à vos rendez-vous."
ELSEWHERE = "Ce rendez-vous est ouvert dans une autre fenêtre. Continuez là-bas."


@permits(AGENT)
class CounterConsumer(Socket):
    """One page of one agent at one visit. The newest page wins."""

    async def connect(self) -> None:
        """Take the seat, or close with 4403 when the visit is not this agent's."""
        self.visit = self.scope["url_route"]["kwargs"]["visit"]
        query = parse_qs(self.scope["query_string"].decode())
        self.instance = (query.get("instance") or [""])[0]
        self.language = _language_of(self.scope)
        self.is_seated = False
        self.kiosk_socket = self.kiosk = ""
        self.bad = 0
        await self.accept()
        seat = await self._seat() if is_hex(self.instance) and is_hex(self.visit) else None
        if seat is None:
            await self._refuse("not_yours", NOT_YOURS)
            await self.end(CLOSE_UNKNOWN)
            return
        self.is_seated = True
        self.kiosk = await database_sync_to_async(_kiosk_of)(self.visit)
        watch.join(self.kiosk, self._stay_or_go)
        await self.say(seat)
        await self.channel_layer.group_add(visit_group(self.visit), self.channel_name)
        await self._announce(self.instance, wants_answer=True)

    async def leave(self) -> None:
        """Tell the kiosk that the counter is gone."""
        if self.kiosk:
            watch.leave(self.kiosk, self._stay_or_go)
        if self.is_seated:
            await self.channel_layer.group_discard(visit_group(self.visit), self.channel_name)
            await self._announce(None, wants_answer=False)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message; nonsense gets a sentence, and too much of it the door."""
        try:
            message: counter_link.FromCounter = decode(
                text_data or bytes_data or b"", counter_link.FromCounter
            )
        except MessageRefused as refused:
            await self._refuse(refused.code, str(refused))
            self.bad += 1
            if self.bad >= BAD_MESSAGES_LIMIT:
                await self.end(CLOSE_BAD)
            return
        if not await database_sync_to_async(_may_stay)(self.scope["user"]):
            # The account was closed, or given another password, after the socket was opened.
            await self._refuse("signed_out", SIGNED_OUT)
            await self.end(CLOSE_UNKNOWN)
            return
        if isinstance(message, kiosk_link.TimeAsked):
            now = timezone.now().timestamp()
            await self.say(kiosk_link.TimeTold(sent=message.sent, now=now))
        elif not self.is_seated or message.visit != self.visit:
            await self._refuse("not_yours", NOT_YOURS)
        else:
            await self.channel_layer.group_send(
                visit_group(self.visit),
                {"type": "relayed", "from": "agent", "message": msgspec.to_builtins(message)},
            )

    # --- what the group says

    async def peer(self, event: dict[str, Any]) -> None:
        """The kiosk came or went, or a newer page of the same agent took the seat."""
        if not self.is_seated:
            return
        if event["role"] == "agent":
            if event["instance"] not in {None, self.instance} and event["wants_answer"]:
                await self._refuse("elsewhere", ELSEWHERE)
                self.is_seated = False
                await self.channel_layer.group_discard(visit_group(self.visit), self.channel_name)
            return
        if event["instance"] is None and self.kiosk_socket not in {"", event["socket"]}:
            # The kiosk's old link may end after its new one is here: that is no leaving.
            return
        self.kiosk_socket = event["socket"] if event["instance"] else ""
        await self.say(kiosk_link.Peer(visit=self.visit, role="kiosk", instance=event["instance"]))
        if event["wants_answer"]:
            await self._announce(self.instance, wants_answer=False)

    async def relayed(self, event: dict[str, Any]) -> None:
        """A signal of the kiosk, for this instance only."""
        message = event["message"]
        if self.is_seated and event["from"] == "kiosk" and message["to"] == self.instance:
            await self.say(msgspec.convert(message, kiosk_link.Relayed))

    async def fact(self, event: dict[str, Any]) -> None:
        """Something happened at the kiosk."""
        if self.is_seated:
            await self.say(
                counter_link.FactTold(kind=event["kind"], at=event["at"], detail=event["detail"])
            )

    async def page_arrived(self, event: dict[str, Any]) -> None:
        """A sealed page can be fetched."""
        if self.is_seated:
            await self.say(
                counter_link.PageArrived(
                    page=event["page"], size_bytes=event["size_bytes"], sha256=event["sha256"]
                )
            )

    async def _stay_or_go(self) -> None:
        """Close the page of an agent in whose place another receives by now."""
        if not self.is_seated or await database_sync_to_async(_is_theirs)(
            self.scope["user"].pk, self.visit
        ):
            return
        self.is_seated = False
        await self._refuse("handed_over", HANDED_OVER)
        await self.channel_layer.group_discard(visit_group(self.visit), self.channel_name)
        await self._announce(None, wants_answer=False)
        await self.end(CLOSE_UNKNOWN)

    async def _seat(self) -> counter_link.SeatTaken | None:
        seat: counter_link.SeatTaken | None = await database_sync_to_async(_seat_of)(
            self.scope["user"], self.visit
        )
        return seat

    async def _announce(self, instance: str | None, *, wants_answer: bool) -> None:
        await self.channel_layer.group_send(
            visit_group(self.visit),
            {
                "type": "peer",
                "visit": self.visit,
                "role": "agent",
                "instance": instance,
                "socket": self.channel_name,
                "wants_answer": wants_answer,
            },
        )

    async def _refuse(self, code: str, message: str) -> None:
        with translation.override(self.language):
            said = translation.gettext(message)
        await self.say(kiosk_link.Refused(code=code, message=said, about=self.visit))


def _may_stay(opened_by: User | AnonymousUser) -> bool:
    """Return whether the account still lets its holder in, by the password of that time."""
    if not isinstance(opened_by, User):
        return False
    user = user_with_id(opened_by.pk)
    if user is None or not may_enter(user, AGENT):
        return False
    return constant_time_compare(user.get_session_auth_hash(), opened_by.get_session_auth_hash())


def _is_theirs(user_id: int, public_id: str) -> bool:
    agent = agent_of(user_id)
    return agent is not None and visit_of_agent(agent, public_id) is not None


def _kiosk_of(public_id: str) -> str:
    visit = visit_by_id(public_id)
    return visit.appointment.kiosk.public_id if visit is not None else ""


def _language_of(scope: dict[str, Any]) -> str:
    """Return the language that the page was shown in, found as Django finds it for a page."""
    request = ASGIRequest({**scope, "method": "GET"}, io.BytesIO())
    return translation.get_language_from_request(request)


def _seat_of(user: Any, public_id: str) -> counter_link.SeatTaken | None:
    if not may_enter(user, AGENT):
        return None
    agent = agent_of(user.pk)
    visit = visit_of_agent(agent, public_id) if agent else None
    if agent is None or visit is None:
        return None
    now = timezone.now()
    entry = entry_of(visit, relays(), certificate_of(agent, now=now))
    kiosk = visit.appointment.kiosk
    return counter_link.SeatTaken(
        now=now.timestamp(),
        visit=entry.visit,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        citizen=entry.citizen,
        reason=entry.reason,
        site=kiosk.site.name,
        phone=entry.phone,
        agent=entry.agent,
        kiosk_key=kiosk.public_key,
        start_url=entry.start_url,
        allowed_hosts=entry.allowed_hosts,
        ice_servers=entry.ice_servers,
        relay_only=entry.relay_only,
        certificate=entry.certificate,
        state=visit.state,
    )

"""The sockets' addresses. A browser's socket comes from our own pages only (Origin is checked)."""

from __future__ import annotations

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from cordee.live.counter_consumer import CounterConsumer
from cordee.live.kiosk_consumer import KioskConsumer

_counter = AllowedHostsOriginValidator(AuthMiddlewareStack(CounterConsumer.as_asgi()))

websockets = URLRouter(
    [
        path("ws/kiosk", KioskConsumer.as_asgi()),
        path("ws/counter/<str:visit>/", _counter),
    ]
)

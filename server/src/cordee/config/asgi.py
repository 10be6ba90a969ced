"""The ASGI application: pages and API by Django, sockets by Channels."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cordee.config.settings")
_pages = get_asgi_application()

from cordee.config.bodies import BoundedBodies  # noqa: E402 - models exist only once Django is set up
from cordee.config.memory import settle  # noqa: E402 - likewise
from cordee.live.routing import websockets  # noqa: E402 - likewise

application = ProtocolTypeRouter({"http": BoundedBodies(_pages), "websocket": websockets})
settle()

"""What both sockets share: the limit on nonsense and the close codes."""

from __future__ import annotations

BAD_MESSAGES_LIMIT = 20
CLOSE_BAD = 4400
CLOSE_UNKNOWN = 4403

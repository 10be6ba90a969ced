"""Is the server well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.http import JsonResponse

from cordee.accounts.permissions import PUBLIC, permits

if TYPE_CHECKING:
    from django.http import HttpRequest


@permits(PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Answer 200 when the server can read its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})

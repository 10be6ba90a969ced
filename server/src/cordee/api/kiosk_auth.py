"""A kiosk signs each request with its own key (wire: `http_payload`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cordee.api.answers import refused
from cordee.fleet.models import Kiosk
from cordee.fleet.queries import known_kiosk
from cordee.kernel.ids import is_hex
from cordee.kernel.signing import is_signed
from cordee_wire.signed import http_payload

SKEW_S = 120
"""How far the kiosk's clock may be off."""


def kiosk_signed(
    limit_bytes: int,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let only a known kiosk in, with a signed body of at most `limit_bytes`; pass it on."""

    def wrapped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            body = request.body
            if len(body) > limit_bytes:
                return refused("too_large", f"Demande trop grande : au plus {limit_bytes} octets.")
            kiosk = _signer(request, body)
            if kiosk is None:
                return refused("signature_wrong", "La borne n’est pas reconnue.")
            return view(request, kiosk, *args, **kwargs)

        return check

    return wrapped


def _signer(request: HttpRequest, body: bytes) -> Kiosk | None:
    at = request.headers.get("Cordee-Time", "")
    try:
        skew_s = abs(timezone.now().timestamp() - float(at))
    except ValueError:
        return None
    public_id = request.headers.get("Cordee-Kiosk", "")
    kiosk = known_kiosk(public_id) if is_hex(public_id) else None
    # Written so that a NaN is refused too.
    if kiosk is None or not skew_s <= SKEW_S:
        return None
    payload = http_payload(request.method or "", request.path, at, body)
    signature = request.headers.get("Cordee-Signature", "")
    if not is_signed(public_key=kiosk.public_key, signature=signature, payload=payload):
        return None
    return kiosk

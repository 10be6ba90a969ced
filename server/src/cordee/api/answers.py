"""Bodies of requests and answers, as the wire has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse

from cordee.kernel.refusal import Refusal
from cordee_wire.message import LINK_LIMIT_BYTES, Message, MessageRefused, decode, encode

T = TypeVar("T")

STATUS_OF = {
    "not_found": 404,
    "not_yours": 404,
    "code_used": 409,
    "code_expired": 410,
    "code_wrong": 403,
    "page_too_large": 413,
    "chunk_too_large": 413,
    "too_large": 413,
    "not_sealed": 422,
    "wrong_recipient": 422,
    "visit_full": 409,
    "visit_over": 410,
    "signature_wrong": 401,
    "offset_differs": 409,
    "outcome_too_early": 409,
    "digest_wrong": 422,
}
"""HTTP status of a refusal's code; 400 for the others."""


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's: the answer is the same."""

    code = "not_found"
    message = "Introuvable : cela n’existe pas, ou n’est pas à vous. Revenez à vos rendez-vous."


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn refusals of services and of the wire into `{"code", "message"}`."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(refusal.code, refusal.message)
        except MessageRefused as refusal:
            return refused(refusal.code, str(refusal))

    return answer


def refused(code: str, message: str) -> JsonResponse:
    """Answer with a refusal."""
    return JsonResponse({"code": code, "message": message}, status=STATUS_OF.get(code, 400))


def said(message: Message, *, status: int = 200) -> HttpResponse:
    """Answer with a message of the wire."""
    return HttpResponse(encode(message), content_type="application/json", status=status)


def body_of(request: HttpRequest, kind: type[T]) -> T:
    """Return the request's body as this message; the `type` field may be left out.

    Raises MessageRefused.
    """
    body = request.body
    if len(body) > LINK_LIMIT_BYTES:
        raise MessageRefused(
            "too_large", f"Demande trop grande : au plus {LINK_LIMIT_BYTES} octets."
        )
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MessageRefused("malformed", "Demande illisible : ce n’est pas du JSON.") from error
    fields.setdefault("type", kind.__struct_config__.tag)  # type: ignore[attr-defined]
    result: T = decode(msgspec.json.encode(fields), kind)
    return result

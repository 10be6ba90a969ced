"""What kiosks ask over HTTP: enrolment, and bringing sealed pages."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cordee.accounts.permissions import KIOSK, PUBLIC, permits
from cordee.api.answers import NotFound, answered, body_of, said
from cordee.api.kiosk_auth import kiosk_signed
from cordee.directory.queries import roots
from cordee.documents import services as documents
from cordee.documents.queries import offset_of, page_of_kiosk
from cordee.documents.rules import CHUNK_LIMIT_BYTES, PageState
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.kernel.refusal import Refusal
from cordee.visits.groups import tell_visit
from cordee_wire.http import EnrolAsked, Enrolled, PageOffered
from cordee_wire.message import LINK_LIMIT_BYTES


class OffsetMissing(Refusal):
    """The header Upload-Offset is missing or no number."""

    code = "offset_missing"
    message = "L’en-tête Upload-Offset manque ou n’est pas un nombre."


@permits(PUBLIC)
@csrf_exempt
@require_POST
@answered
def enrol(request: HttpRequest) -> HttpResponse:
    """Make the box that holds the code a kiosk, and give it the roots to pin."""
    asked = body_of(request, EnrolAsked)
    now = timezone.now()
    kiosk = fleet.enrol(code=asked.code, public_key=asked.public_key, now=now)
    enrolled = Enrolled(
        kiosk=kiosk.public_id, site=kiosk.site.name, now=now.timestamp(), roots=roots()
    )
    return said(enrolled, status=201)


@permits(KIOSK)
@csrf_exempt
@require_POST
@answered
@kiosk_signed(LINK_LIMIT_BYTES)
def offer_page(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """Announce a sealed page."""
    offered = body_of(request, PageOffered)
    return said(offset_of(documents.offer(kiosk=kiosk, offered=offered, now=timezone.now())))


@permits(KIOSK)
@csrf_exempt
@require_http_methods(["GET", "PATCH"])
@answered
@kiosk_signed(CHUNK_LIMIT_BYTES)
def page(request: HttpRequest, kiosk: Kiosk, page: str) -> HttpResponse:
    """Say how much has arrived (GET), or add to it (PATCH)."""
    if request.method == "GET":
        found = page_of_kiosk(kiosk, page)
        if found is None:
            raise NotFound
        return said(offset_of(found))
    try:
        offset = int(request.headers["Upload-Offset"])
    except (KeyError, ValueError) as error:
        raise OffsetMissing from error
    try:
        changed = documents.append(
            kiosk=kiosk, page_id=page, offset=offset, chunk=request.body, now=timezone.now()
        )
    except documents.OffsetDiffers as refusal:
        return said(offset_of(refusal.page), status=409)
    except documents.DigestWrong as refusal:
        return said(offset_of(refusal.page), status=422)
    if changed.state == PageState.WHOLE:
        event = {
            "type": "page_arrived",
            "page": changed.public_id,
            "size_bytes": changed.size_bytes,
            "sha256": changed.sha256,
        }
        async_to_sync(tell_visit)(changed.visit.public_id, event)
    return said(offset_of(changed))

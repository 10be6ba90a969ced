"""The printed slip: one A4 page in large type, for who has neither a mobile nor an address.

Nothing is fetched: the type is bundled, and any other address is refused. The PDF is tagged
(PDF/UA-1), so that a screen reader reads it in order.
"""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from weasyprint import HTML, Document
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from cordee.appointments.letters import facts, how_to_change
from cordee.appointments.models import Appointment
from cordee.appointments.wording import said_code, said_day, said_hour, said_place, spoken

_FONTS = "built/fonts/atkinson-hyperlegible-next-"
BUNDLED = {
    "slip:latin": f"{_FONTS}latin-wght-normal.woff2",
    "slip:latin-ext": f"{_FONTS}latin-ext-wght-normal.woff2",
}
"""All that a slip may load."""
SIZES_PT = (18, 16, 14, 12, 10)
"""The largest type with which all fits one page is taken."""


class FetchRefused(FatalURLFetchingError):  # type: ignore[misc]
    """A slip asked for something that is not bundled: a defect of its template."""


class Bundled(URLFetcher):  # type: ignore[misc]
    """Gives the bundled type, and nothing else from anywhere."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's signature
        """Return a bundled file. Raises FetchRefused."""
        found = finders.find(BUNDLED[url]) if url in BUNDLED else None
        if found is None:
            raise FetchRefused(f"A slip may not load {url}")
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": "font/woff2"})


def slip(appointment: Appointment) -> bytes:
    """Return the slip as PDF, in the appointment's language.

    `appointment` has its site, commune, territory, agent, partner and reason loaded.
    """
    with spoken(appointment.language):
        pages = _laid_out(appointment, SIZES_PT[0])
        for size_pt in SIZES_PT[1:]:
            if len(pages.pages) == 1:
                break
            pages = _laid_out(appointment, size_pt)
    made: bytes = pages.write_pdf(pdf_variant="pdf/ua-1")
    return made


def _laid_out(appointment: Appointment, size_pt: int) -> Document:
    site = appointment.kiosk.site
    shown = {_("Quand"), _("Où"), _("Code"), _("Téléphone")}
    context = {
        "language": appointment.language,
        "citizen": appointment.citizen,
        "day": said_day(appointment.starts_at, site),
        "hour": said_hour(appointment.starts_at, site),
        "place": said_place(site),
        "street": site.address,
        "room": site.room,
        "facts": [fact for fact in facts(appointment) if fact[0] not in shown],
        "documents": appointment.reason.documents,
        "code": said_code(appointment.code),
        "how_to_change": how_to_change(appointment),
        "phone": site.phone,
        "size_pt": size_pt,
    }
    text = render_to_string("appointments/slip.html", context)
    return HTML(string=text, url_fetcher=Bundled()).render()

"""Icons, status lights and the rope, drawn in line: no request, no script, the text’s colour."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = {
    "phone": (
        '<path d="M6 3h3l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v3a3 3 0 0 1-3 3'
        'A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z"/>'
    ),
    "back": '<path d="M11 5l-7 7 7 7M4 12h16"/>',
    "forward": '<path d="m13 5 7 7-7 7M20 12H4"/>',
    "check": '<path d="m4 12.5 5 5L20 6.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "warn": '<path d="M12 3.5 22 20.5H2Z"/><path d="M12 10v4.5M12 17.6v.1"/>',
    "bad": (
        '<path d="M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2Z"/><path d="M9 9l6 6M15 9l-6 6"/>'
    ),
    "calendar": (
        '<rect x="3" y="5" width="18" height="16" rx="2"/><path d="M3 10h18M8 2.5v5M16 2.5v5"/>'
    ),
    "key": ('<circle cx="8" cy="15" r="4.5"/><path d="m11.5 11.5 8.5-8.500M16 7l3 3"/>'),
    "kiosk": '<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M12 16v5M8 21h8"/>',
    "building": '<path d="M4 21V9l8-5.500L20 9v12M2 21h20M9 21v-6h6v6"/>',
    "camera": (
        '<rect x="2.5" y="6.5" width="13" height="11" rx="2"/><path d="m15.5 10.5 6-3v9l-6-3"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m20.5 20.5-5-5"/>',
    "car": (
        '<path d="M4 17v-4l2.2-6h11.6L20 13v4a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1ZM4 13h16"/>'
        '<path d="M7 18v2M17 18v2M7.5 15.5h.1M16.5 15.5h.1"/>'
    ),
    "paper": '<path d="M6 3h8l5 5v13H6Z"/><path d="M14 3v5h5M9 13h7M9 17h5"/>',
    "print": (
        '<path d="M7 8V3h10v5M7 17H4a1 1 0 0 1-1-1v-6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v6'
        'a1 1 0 0 1-1 1h-3"/><rect x="7" y="13" width="10" height="8"/>'
    ),
    "door": '<path d="M5 21V3h10v18M2 21h20M15 5h4v16M11.5 12v.1"/>',
}

# Each state has its own shape, so that it is read without colour.
LIGHTS = {
    "ok": '<circle cx="8" cy="8" r="7"/>',
    "live": (
        '<path d="M3 11Q11 15 13 4" fill="none"/>'
        '<circle cx="3" cy="11.5" r="2.6"/><circle cx="13" cy="4" r="2.6"/>'
    ),
    "warn": '<path d="M8 .5 16 15H0Z"/>',
    "bad": '<path d="M1.5 1.5h13v13h-13Z"/>',
    "rest": '<circle cx="8" cy="8" r="6"/>',
}


@register.simple_tag
def icon(name: str, *, turns: bool = False) -> SafeString:
    """Draw one icon, hidden from screen readers; `turns` mirrors it in right-to-left pages."""
    kind = "icon icon-turns" if turns else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        kind,
        mark_safe(ICONS[name]),  # noqa: S308 - a constant of this module
    )


@register.simple_tag
def light(kind: str, word: str) -> SafeString:
    """Draw a state: a shape, a colour and always a word."""
    return format_html(
        '<span class="light {}"><svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        kind,
        mark_safe(LIGHTS[kind]),  # noqa: S308 - a constant of this module
        word,
    )


@register.simple_tag
def rope(state: str = "") -> SafeString:
    """Draw the rope between two knots: tied, or `is-ahead`, or `is-cut`."""
    return format_html(
        '<svg class="rope {}" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="M0 2Q50 18 100 2"/></svg>',
        state,
    )

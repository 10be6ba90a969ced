"""Languages by their names, in the reader's own."""

from __future__ import annotations

from django.utils.translation import get_language_info, gettext_lazy

LANGUAGES = (
    ("ar", gettext_lazy("arabe")),
    ("de", gettext_lazy("allemand")),
    ("en", gettext_lazy("anglais")),
    ("es", gettext_lazy("espagnol")),
    ("it", gettext_lazy("italien")),
    ("pt", gettext_lazy("portugais")),
    ("ro", gettext_lazy("roumain")),
    ("ru", gettext_lazy("russe")),
    ("tr", gettext_lazy("turc")),
    ("uk", gettext_lazy("ukrainien")),
)
"""Languages that are asked for most often, by name as it stands in a French sentence."""


def language_name(code: str) -> str:
    """Return the name of a language (ISO 639); one that nobody has named here, by its code."""
    for each, name in LANGUAGES:
        if each == code:
            return str(name)
    try:
        return str(get_language_info(code)["name_translated"]).lower()
    except KeyError:
        return code

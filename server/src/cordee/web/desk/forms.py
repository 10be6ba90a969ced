"""Who comes, as the host writes it down."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cordee.web.citizen.forms import WhoForm

_LABELS = {
    "name": _("Nom de la personne, comme elle veut qu’on l’appelle"),
    "contact_kind": _("Comment la prévenir ?"),
    "contact": _("Son numéro ou son adresse"),
    "commune": _("Sa commune (facultatif)"),
    "referrer": _("Nom de qui réserve pour elle"),
    "referrer_contact": _("Téléphone ou e-mail de qui réserve (facultatif)"),
}
_HINTS = {
    "contact": _("Laissez vide si la personne repart avec son papier."),
    "referrer_contact": _("Nous préviendrons aussi cette personne."),
}


class DeskWhoForm(WhoForm):
    """The citizen's own questions, put to the host. The name has the keyboard at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say it in the third person."""
        super().__init__(*args, **kwargs)
        for name, label in _LABELS.items():
            self.fields[name].label = label
        for name, hint in _HINTS.items():
            self.fields[name].help_text = hint
        kinds: list[Any] = list(self.fields["contact_kind"].choices)  # type: ignore[attr-defined]
        kinds[-1] = (kinds[-1][0], _("Papier imprimé seulement"))
        self.fields["contact_kind"].choices = kinds  # type: ignore[attr-defined]
        for field in self.fields.values():
            if field.widget.attrs.get("autocomplete"):
                field.widget.attrs["autocomplete"] = "off"
        self.fields["name"].widget.attrs["autofocus"] = True

"""Who comes, as the host writes it down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cordee.appointments.diaries import HOME_LANGUAGE
from cordee.web.citizen.forms import WhoForm

if TYPE_CHECKING:
    from cordee.appointments.citizens import Citizen

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

    language = forms.TypedChoiceField(
        label=_("Langue des messages et du papier"),
        choices=settings.LANGUAGES,
        required=False,
        empty_value=HOME_LANGUAGE,
        widget=forms.Select(attrs={"class": "input"}),
    )
    is_wheelchair_needed = forms.BooleanField(
        label=_("La personne vient en fauteuil roulant"), required=False
    )

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

    def citizen(self, language: str) -> Citizen:
        """Return who it is, once the form is valid."""
        needed = self.cleaned_data["is_wheelchair_needed"]
        return replace(super().citizen(language), is_wheelchair_needed=needed)

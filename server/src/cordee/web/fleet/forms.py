"""Naming a new kiosk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cordee.fleet.models import Kiosk
from cordee.web.columns import length_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cordee.territory.models import Site


class NewKioskForm(forms.Form):
    """Where it will stand, and its name."""

    site = forms.ChoiceField(
        label=_("Lieu"),
        error_messages={
            "required": _("Choisissez le lieu."),
            "invalid_choice": _("Ce lieu n’est plus là. Choisissez-en un autre."),
        },
        widget=forms.Select(attrs={"class": "input"}),
    )
    name = forms.CharField(
        label=_("Nom de la borne"),
        help_text=_("Par exemple : Guillestre 1. L’accueil le verra."),
        max_length=length_of(Kiosk, "name"),
        error_messages={
            "required": _("Donnez un nom à la borne."),
            "max_length": _("Ce nom est trop long : 60 signes au plus."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, sites: Iterable[Site], **kwargs: Any) -> None:
        """Offer these sites."""
        super().__init__(*args, **kwargs)
        self._sites = {str(site.pk): site for site in sites}
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("Choisissez")),
            *((key, f"{site.commune.name}, {site.name}") for key, site in self._sites.items()),
        ]

    @property
    def chosen_site(self) -> Site:
        """The chosen site, once the form is valid."""
        return self._sites[self.cleaned_data["site"]]

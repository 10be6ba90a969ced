"""Who comes, and how to find one's appointment again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cordee.appointments.citizens import (
    EMAIL_LIMIT,
    NAME_LIMIT,
    Citizen,
    NotAMobile,
    ResponsibleMissing,
    any_contact,
    normal_contact,
)
from cordee.appointments.rules import ContactKind
from cordee.appointments.telling import CannotBeWritten
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.territory.naming import communes_meant

KINDS = (
    (ContactKind.MOBILE.value, _("Téléphone mobile (SMS)")),
    (ContactKind.LANDLINE.value, _("Téléphone fixe")),
    (ContactKind.EMAIL.value, _("Adresse e-mail")),
    (ContactKind.NONE.value, _("Ne pas me joindre")),
)
_TOO_LONG = _("C’est trop long : %(limit_value)s signes au plus.")


def _text(label: Any, *, limit: int, required: Any = "", hint: Any = "", **attrs: str) -> Any:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=limit,
        required=bool(required),
        error_messages={"required": required, "max_length": _TOO_LONG},
        widget=forms.TextInput(attrs={"class": "input", **attrs}),
    )


class PersonForm(forms.Form):
    """Who comes, who speaks for them here, and who answers for them: what every form asks alike."""

    name = _text(
        _("Votre nom, comme vous voulez qu’on vous appelle"),
        limit=NAME_LIMIT,
        required=_("Écrivez le nom de la personne, en 80 signes au plus."),
        hint=_("Il s’affiche sur l’écran du lieu. Un prénom suffit."),
        autocomplete="name",
    )
    referrer = _text(_("Votre nom à vous"), limit=NAME_LIMIT, autocomplete="off")
    referrer_contact = _text(
        _("Votre téléphone ou votre e-mail (facultatif)"),
        limit=EMAIL_LIMIT,
        hint=_("Nous vous préviendrons aussi."),
        autocomplete="off",
    )
    is_protected = forms.BooleanField(
        label=_("La personne est mineure, ou sous tutelle ou curatelle"), required=False
    )
    responsible = _text(
        _("Nom du parent, du tuteur ou du curateur qui viendra"),
        limit=NAME_LIMIT,
        autocomplete="off",
    )
    responsible_contact = _text(
        _("Son téléphone ou son e-mail (facultatif)"), limit=EMAIL_LIMIT, autocomplete="off"
    )

    @property
    def is_for_another(self) -> bool:
        """Whether the part for a referrer is to be shown open."""
        return self._has("referrer", "referrer_contact")

    @property
    def is_accompanied(self) -> bool:
        """Whether the part for a responsible person is to be shown open."""
        return self._has("is_protected", "responsible", "responsible_contact")

    def clean(self) -> dict[str, Any]:
        """Hold each contact to the rules of `appointments.citizens`, beside its own field."""
        data = super().clean() or self.cleaned_data
        for name in ("referrer_contact", "responsible_contact"):
            if name in data:
                self._try(name, lambda text=data[name]: any_contact(text))
        if data.get("is_protected") and not data.get("responsible", "").strip():
            self.add_error("responsible", gettext(ResponsibleMissing.message))
        if data.get("referrer_contact") and not data.get("referrer", "").strip():
            self.add_error("referrer", gettext("Écrivez aussi votre nom."))
        return data

    def _citizen(
        self, *, kind: ContactKind, contact: str, language: str, commune_id: int | None
    ) -> Citizen:
        data = self.cleaned_data
        has_responsible = data["is_protected"]
        return Citizen(
            name=data["name"],
            contact_kind=kind,
            contact=contact,
            language=language,
            commune_id=commune_id,
            referrer=data["referrer"],
            referrer_contact=data["referrer_contact"],
            is_protected=has_responsible,
            responsible=data["responsible"] if has_responsible else "",
            responsible_contact=data["responsible_contact"] if has_responsible else "",
        )

    def _try(self, field: str, check: Any) -> None:
        try:
            check()
        except Refusal as refusal:
            self.add_error(field, ValidationError(gettext(refusal.message)))

    def _has(self, *names: str) -> bool:
        return any(self[name].value() or self[name].errors for name in names)


class WhoForm(PersonForm):
    """A name and one way of reaching the person; who books for them, who answers for them."""

    field_order = ("name", "contact_kind", "contact", "commune")

    contact_kind = forms.ChoiceField(
        label=_("Comment vous prévenir ?"),
        choices=KINDS,
        error_messages={
            "required": _("Choisissez comment vous prévenir."),
            "invalid_choice": _("Choisissez comment vous prévenir."),
        },
        widget=forms.RadioSelect,
    )
    contact = _text(
        _("Votre numéro ou votre adresse"),
        limit=EMAIL_LIMIT,
        hint=_("Laissez vide si vous avez choisi « Ne pas me joindre »."),
        autocomplete="on",
    )
    commune = _text(
        _("Votre commune (facultatif)"), limit=NAME_LIMIT, autocomplete="address-level2"
    )

    def clean(self) -> dict[str, Any]:
        """Hold the contact to its kind."""
        data = super().clean()
        kind = data.get("contact_kind")
        if kind and "contact" in data:
            self._try("contact", lambda: normal_contact(ContactKind(kind), data["contact"]))
        return data

    def clean_commune(self) -> int | None:
        """Return the key of the commune meant; it is only for the figures, so any doubt is None."""
        typed = self.cleaned_data["commune"]
        meant = communes_meant(typed, territory.communes()) if typed.strip() else []
        return meant[0].pk if len(meant) == 1 else None

    def citizen(self, language: str) -> Citizen:
        """Return who it is, once the form is valid."""
        data = self.cleaned_data
        return self._citizen(
            kind=ContactKind(data["contact_kind"]),
            contact=data["contact"],
            language=language,
            commune_id=data["commune"],
        )


class WaitForm(PersonForm):
    """Who waits for an hour, and how to write to them when one is freed."""

    field_order = ("place", "name", "contact")

    place = forms.ChoiceField(
        label=_("Où viendriez-vous ?"),
        error_messages={
            "required": _("Choisissez où vous viendriez."),
            "invalid_choice": _("Choisissez où vous viendriez."),
        },
        widget=forms.RadioSelect,
    )
    contact = _text(
        _("Votre numéro de mobile ou votre adresse e-mail"),
        limit=EMAIL_LIMIT,
        required=_("Écrivez où vous prévenir."),
        hint=_("Une place libre s’annonce par écrit, et se prend dans les deux heures."),
        autocomplete="on",
    )

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer these places: pairs of a value and a label."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        # What is offered is written to `contact` only (`telling.tell_offer`).
        hint = _("Nous vous préviendrons quand l’heure sera prise.")
        self.fields["referrer_contact"].help_text = hint

    def clean_contact(self) -> str:
        """Hold the contact to the rules of its kind, which its form tells."""
        typed: str = self.cleaned_data["contact"]
        try:
            return normal_contact(self._kind(typed), typed)
        except NotAMobile as landline:
            raise ValidationError(gettext(CannotBeWritten.message)) from landline
        except Refusal as refusal:
            raise ValidationError(gettext(refusal.message)) from refusal

    def citizen(self, language: str, commune_id: int | None) -> Citizen:
        """Return who it is, once the form is valid."""
        contact = self.cleaned_data["contact"]
        return self._citizen(
            kind=self._kind(contact), contact=contact, language=language, commune_id=commune_id
        )

    @staticmethod
    def _kind(contact: str) -> ContactKind:
        return ContactKind.EMAIL if "@" in contact else ContactKind.MOBILE


class FindForm(forms.Form):
    """The short code and the name: both, or nothing is found."""

    code = _text(
        _("Votre code"),
        limit=NAME_LIMIT,
        required=_("Écrivez le code : huit lettres et chiffres."),
        hint=_("Il est sur votre papier ou dans votre message : par exemple 7KQF 2M9T."),
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )
    name = _text(
        _("Votre nom"),
        limit=NAME_LIMIT,
        required=_("Écrivez le nom donné pour le rendez-vous."),
        hint=_("Comme il a été donné pour le rendez-vous."),
        autocomplete="name",
    )

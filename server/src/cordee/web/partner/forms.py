"""What a manager writes about an agent or a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cordee.accounts.models import User
from cordee.directory.models import Agent, Reason
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.web.columns import length_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cordee.territory.models import Site

LINE_LIMIT = 200
LINES_LIMIT = 20
TEXT_LIMIT = 1000
LARGEST = 32767
"""What a number of hours or days may be for the database; the service says what makes sense."""


def _words(label: Any, limit: int, *, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limit,
        error_messages={
            "required": _("Remplissez cette case."),
            "max_length": _("C’est trop long : %(limit_value)s signes au plus."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


def _text(label: Any, hint: Any, *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=length_of(Reason, "instructions", at_most=TEXT_LIMIT),
        error_messages={"max_length": _("C’est trop long : %(limit_value)s signes au plus.")},
        widget=forms.Textarea(attrs={"class": "input", "rows": rows}),
    )


def _number(label: Any, hint: Any, *, initial: int) -> forms.IntegerField:
    wrong = _("Écrivez un nombre entier.")
    return forms.IntegerField(
        label=label,
        help_text=hint,
        initial=initial,
        min_value=0,
        max_value=LARGEST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )


def _ticks(label: Any, hint: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=False,
        error_messages={"invalid_choice": _("Ce choix n’est plus là. Choisissez dans la liste.")},
        widget=forms.CheckboxSelectMultiple,
    )


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").lower().split()))


class AgentForm(forms.Form):
    """What an agent knows. `skills` are those that the partner's reasons ask for."""

    languages = _words(
        _("Langues parlées"),
        length_of(Agent, "languages", at_most=LINE_LIMIT),
        hint=_("En deux lettres, séparées par des virgules : fr, it. Vide : le français."),
        required=False,
    )
    skills = _ticks(
        _("Compétences"),
        _(
            "Certaines démarches ne vont qu’à qui les a. Un interprète se joint aux visites des"
            " autres et ne reçoit personne lui-même."
        ),
    )

    def __init__(self, *args: Any, skills: Iterable[str], **kwargs: Any) -> None:
        """Offer these skills, and the interpreters' own."""
        super().__init__(*args, **kwargs)
        known = [skill for skill in skills if skill != INTERPRETER_SKILL]
        self.fields["skills"].choices = [(each, each) for each in (*known, INTERPRETER_SKILL)]  # type: ignore[attr-defined]

    def clean_languages(self) -> list[str]:
        """Make a list of it."""
        return _listed(self.cleaned_data["languages"])


class NewAgentForm(AgentForm):
    """Who the agent is, too."""

    label = _words(
        _("Nom, comme l’usager le verra"),
        length_of(Agent, "label"),
        hint=_("Par exemple : Madame Martin."),
    )
    email = forms.EmailField(
        label=_("Adresse e-mail professionnelle"),
        help_text=_("Elle sert à se connecter."),
        max_length=length_of(User, "email"),
        error_messages={
            "required": _("Remplissez cette case."),
            "invalid": _("Relisez cette adresse : par exemple nom@exemple.fr."),
        },
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    field_order = ("label", "email", "languages", "skills")


class ReasonForm(forms.Form):
    """What people read of a reason, and what booking needs to know of it."""

    duration_min = _number(
        _("Durée, en minutes"),
        _("De 5 à 240, de cinq en cinq. Les rendez-vous déjà pris gardent la leur."),
        initial=30,
    )
    documents = _text(_("Papiers à apporter"), _("Un par ligne."))
    instructions = _text(
        _("À savoir avant de venir"), _("En mots simples : la personne les lit telles quelles.")
    )
    words = _text(
        _("Mots par lesquels on la cherche"), _("Ceux des gens : APL, loyer, logement…"), rows=2
    )
    skill = _words(
        _("Compétence demandée"),
        length_of(Reason, "skill"),
        hint=_("Vide : tout le monde peut recevoir."),
        required=False,
    )
    languages = _words(
        _("Langues proposées"),
        length_of(Reason, "languages", at_most=LINE_LIMIT),
        hint=_(
            "En deux lettres, séparées par des virgules. Les gens choisissent parmi elles. "
            "Vide : toutes celles que parle qui reçoit."
        ),
        required=False,
    )
    notice_h = _number(
        _("Délai avant le rendez-vous, en heures"),
        _("Personne ne réserve plus tard que cela, sauf à l’accueil."),
        initial=24,
    )
    horizon_days = _number(_("Réservable jusqu’à, en jours"), _("366 au plus."), initial=60)
    video_url = _words(
        _("Lien vers votre propre outil de visio"),
        length_of(Reason, "video_url"),
        hint=_(
            "Vide : l’appel se fait ici. Sinon la borne ouvre cette adresse à l’heure dite, et "
            "remplir ou numériser ensemble ne se peut pas. "
            "Les rendez-vous déjà pris gardent le leur."
        ),
        required=False,
    )
    blind_rules = _text(
        _("Champs que seule la personne remplit"),
        _(
            "Mots de passe, codes et cartes le sont déjà. Un autre par ligne, avec l’aide de votre "
            "informaticien : le site, un espace, le champ. Par exemple : www.exemple.fr #numero"
        ),
        rows=2,
    )
    sites = _ticks(_("Lieux"), _("Aucun coché : tous les lieux."))

    def __init__(self, *args: Any, sites: Iterable[Site], **kwargs: Any) -> None:
        """Offer these places."""
        super().__init__(*args, **kwargs)
        self._sites = {str(site.pk): site for site in sites}
        self.fields["sites"].choices = [  # type: ignore[attr-defined]
            (key, f"{site.commune.name}, {site.name}") for key, site in self._sites.items()
        ]

    @property
    def chosen_sites(self) -> list[Site]:
        """The chosen places, once the form is valid."""
        return [self._sites[key] for key in self.cleaned_data["sites"]]

    def clean_languages(self) -> list[str]:
        """Make a list of it."""
        return _listed(self.cleaned_data["languages"])

    def clean_blind_rules(self) -> list[str]:
        """Make a list of the lines; the service says what a line may be."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["blind_rules"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def clean_documents(self) -> list[str]:
        """Make a list of the lines; few enough to be read, short enough to be printed."""
        lines = [line.strip() for line in self.cleaned_data["documents"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > LINES_LIMIT or any(len(line) > LINE_LIMIT for line in found):
            raise forms.ValidationError(
                gettext("Vingt papiers au plus, de 200 signes au plus chacun.")
            )
        return found


class NewReasonForm(ReasonForm):
    """Its name, too."""

    label = _words(
        _("Nom de la démarche"),
        length_of(Reason, "label"),
        hint=_("Par exemple : Aide au logement."),
    )
    field_order = ("label",)

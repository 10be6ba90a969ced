"""The log-in form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LogInForm(AuthenticationForm):
    """E-mail address and password. It never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _(
            "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez, puis recommencez."
        ),
        "inactive": _("Ce compte est fermé."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Word the two fields."""
        super().__init__(*args, **kwargs)
        address, password = self.fields["username"], self.fields["password"]
        address.label = _("Votre adresse e-mail")
        address.error_messages["required"] = _("Écrivez votre adresse e-mail.")
        address.widget = forms.EmailInput(
            attrs={"class": "input", "autocomplete": "username", "spellcheck": "false"}
        )
        password.label = _("Votre mot de passe")
        password.error_messages["required"] = _("Écrivez votre mot de passe.")
        password.widget.attrs["class"] = "input"

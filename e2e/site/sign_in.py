"""Signing in to the sample site: a password, then a code of six digits sent by SMS."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from html import escape

PASSWORD_PATH, CODE_PATH, WELCOME_PATH = "/connexion", "/connexion/code", "/connexion/compte"
PHONE_PATH = "/telephone"
PATHS = frozenset({PASSWORD_PATH, CODE_PATH, WELCOME_PATH, PHONE_PATH})
CODE_DIGITS = 6
WRONG_CODE = "Ce n’est pas le code que nous avons envoyé. Regardez votre téléphone."


def new_code() -> str:
    """Return six digits of which none follows itself: easier to read out, and to touch."""
    code = str(secrets.randbelow(10))
    while len(code) < CODE_DIGITS:
        digit = str(secrets.randbelow(10))
        code += digit if digit != code[-1] else ""
    return code


@dataclass
class Account:
    """What one visitor has typed to sign in; `code` is the one that was sent to them."""

    sent: dict[str, str] = field(default_factory=dict)
    code: str = ""
    is_in: bool = False


@dataclass
class SignIn:
    """`sms` is the log of what was sent to telephones, `entered` who signed in, and with what."""

    sms: list[str] = field(default_factory=list)
    entered: list[dict[str, str]] = field(default_factory=list)

    def password(self, account: Account, sent: dict[str, str]) -> str:
        """Take a name and a password; return where to go next."""
        account.sent = {name: sent.get(name, "") for name in ("identifiant", "mot_de_passe")}
        if not all(account.sent.values()):
            return PASSWORD_PATH
        account.code = new_code()
        self.sms.append(account.code)
        return CODE_PATH

    def code(self, account: Account, sent: dict[str, str]) -> bool:
        """Take a code; return whether it lets the visitor in."""
        typed = sent.get("code", "")
        account.is_in = bool(account.code) and typed == account.code
        if account.is_in:
            self.entered.append({**account.sent, "code": typed})
            account.code = ""
        return account.is_in

    def page(self, path: str, account: Account, error: str = "") -> tuple[str, str]:
        """Return the heading and the body of one of the pages."""
        match path:
            case "/connexion":
                return "Se connecter", _form(
                    path,
                    '<p class="field"><label for="identifiant">Identifiant</label>'
                    '<input id="identifiant" name="identifiant" autocomplete="username"></p>'
                    '<p class="field"><label for="mot_de_passe">Mot de passe</label>'
                    '<input type="password" id="mot_de_passe" name="mot_de_passe" '
                    'autocomplete="current-password"></p>',
                )
            case "/connexion/code":
                problem = f'<span class="problem">{escape(error)}</span>' if error else ""
                return "Code reçu par SMS", _form(
                    path,
                    f'<p class="field"><label for="code">Code à 6 chiffres</label>{problem}'
                    '<input id="code" name="code" inputmode="numeric" maxlength="6" '
                    'autocomplete="one-time-code"></p>',
                )
            case "/connexion/compte" if account.is_in:
                name = escape(account.sent["identifiant"])
                return "Votre compte", f'<p id="bienvenue">Bonjour {name}.</p>'
            case "/telephone":
                last = self.sms[-1] if self.sms else "–"
                return "Le téléphone de l’usager", f'<p class="number">Votre code : {last}</p>'
            case _:
                return "Session expirée", f'<p><a href="{PASSWORD_PATH}">Se connecter</a></p>'


def _form(path: str, fields: str) -> str:
    return (
        f'<form method="post" action="{path}" novalidate>{fields}'
        '<p class="buttons"><button type="submit" id="entrer">Continuer</button></p></form>'
    )

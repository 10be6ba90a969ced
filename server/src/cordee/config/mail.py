"""How mail leaves: SMTP, or the HTTP interface of a provider that anymail knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

ANYMAIL = "anymail+"


@dataclass(frozen=True)
class MailServer:
    """Django's back-end and where it connects.

    `anymail` is what a provider's back-end reads, `keys` the secrets among it.
    """

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    use_starttls: bool = False
    use_tls: bool = False
    anymail: Mapping[str, str | bool] = field(default_factory=dict)
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provider:
    """What a provider's back-end asks for, in anymail's words.

    `secrets` stand before the `@`, `needed` and `allowed` options after the `?`.
    """

    secrets: tuple[str, ...] = ("api_key",)
    needed: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset({"api_url"})


PROVIDERS = {
    "brevo": Provider(),
    "mailersend": Provider(("api_token",)),
    "mailgun": Provider(allowed=frozenset({"api_url", "sender_domain"})),
    "mailjet": Provider(("api_key", "secret_key")),
    "mailtrap": Provider(("api_token",)),
    "mandrill": Provider(),
    "postal": Provider(needed=frozenset({"api_url"})),
    "postmark": Provider(("server_token",), allowed=frozenset({"api_url", "message_stream"})),
    "resend": Provider(),
    "scaleway": Provider(
        ("secret_key",),
        needed=frozenset({"project_id"}),
        allowed=frozenset({"api_url", "region"}),
    ),
    "sparkpost": Provider(),
    "unisender_go": Provider(needed=frozenset({"api_url"})),
}
"""Those that anymail supports by HTTP with a key alone: Amazon's needs a library of its own."""


def mail(url: str) -> MailServer:
    """Return how mail leaves by `url`.

    `smtp://host:25`, `smtp+starttls://user:password@host:587`, `smtps://user:password@host:465`, or
    `anymail+PROVIDER://KEY@` with the provider's options after a `?`; empty: mails are written to
    the console. Raises ValueError for anything else, in words that hold no key.
    """
    if not url:
        return MailServer("django.core.mail.backends.console.EmailBackend")
    parts = urlsplit(url)
    if parts.scheme.startswith(ANYMAIL):
        return _provider(parts)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError(
            f"CORDEE_MAIL_URL : « {parts.scheme}:// » n’est pas connu ; "
            "utilisez smtp://, smtp+starttls:// ou smtps:// avec le nom du serveur, "
            "ou anymail+SERVICE://CLÉ@"
        )
    return MailServer(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_starttls=parts.scheme == "smtp+starttls",
        use_tls=parts.scheme == "smtps",
    )


def _provider(parts: SplitResult) -> MailServer:
    name = parts.scheme.removeprefix(ANYMAIL).replace("-", "_")
    asked = PROVIDERS.get(name)
    if asked is None:
        known = ", ".join(sorted(PROVIDERS))
        raise ValueError(f"CORDEE_MAIL_URL : le service « {name} » n’est pas connu ({known}).")
    if parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError(
            f"CORDEE_MAIL_URL : rien ne suit « @ » que des options, anymail+{name}://CLÉ@?option=…"
        )
    given = [unquote(part) for part in (parts.username, parts.password) if part]
    if len(given) != len(asked.secrets):
        wanted = ":".join(secret.upper() for secret in asked.secrets)
        raise ValueError(f"CORDEE_MAIL_URL : {name} demande anymail+{name}://{wanted}@")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if missing := sorted(key for key in asked.needed if not options.get(key)):
        raise ValueError(f"CORDEE_MAIL_URL : {name} demande aussi ?{'=…&'.join(missing)}=…")
    if strange := sorted(set(options) - asked.needed - asked.allowed):
        raise ValueError(f"CORDEE_MAIL_URL : {name} n’a pas l’option {', '.join(strange)}.")
    if not options.get("api_url", "https://").startswith("https://"):
        raise ValueError("CORDEE_MAIL_URL : api_url doit commencer par https://.")
    words = dict(zip(asked.secrets, given, strict=True)) | options
    settings = {f"{name}_{word}".upper(): value for word, value in words.items()}
    # A provider without a header or a tag of ours still takes the mail.
    return MailServer(
        f"anymail.backends.{name}.EmailBackend",
        anymail={**settings, "IGNORE_UNSUPPORTED_FEATURES": True},
        keys=tuple(given),
    )

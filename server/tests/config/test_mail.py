from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import get_connection
from pytest_django import Settings

from cordee.config.mail import PROVIDERS, mail


def test_smtp_in_the_open_and_by_tls() -> None:
    plain = mail("smtp://courrier.exemple.fr")
    later = mail("smtp+starttls://u:p%40ss@courrier.exemple.fr")
    first = mail("smtps://courrier.exemple.fr:4465")

    assert (plain.port, plain.use_starttls, plain.use_tls) == (25, False, False)
    assert (later.port, later.user, later.password) == (587, "u", "p@ss")
    assert (later.use_starttls, first.port, first.use_tls) == (True, 4465, True)
    assert plain.keys == ()
    assert "console" in mail("").backend


def test_a_provider_is_named_with_its_key_and_options() -> None:
    one = mail("anymail+brevo://xkeysib%2D1@")
    two = mail("anymail+mailjet://one:two@")
    with_options = mail("anymail+scaleway://secret@?project_id=p&region=nl-ams")

    assert one.backend == "anymail.backends.brevo.EmailBackend"
    assert one.anymail["BREVO_API_KEY"] == "xkeysib-1"
    assert two.keys == ("one", "two")
    assert (two.anymail["MAILJET_API_KEY"], two.anymail["MAILJET_SECRET_KEY"]) == ("one", "two")
    assert with_options.anymail["SCALEWAY_PROJECT_ID"] == "p"
    assert with_options.anymail["SCALEWAY_REGION"] == "nl-ams"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://courrier.exemple.fr", "n’est pas connu"),
        ("smtp://", "nom du serveur"),
        ("anymail+pigeon://KEY@", "« pigeon » n’est pas connu"),
        ("anymail+amazon_ses://KEY@", "n’est pas connu"),
        ("anymail+brevo://", "demande anymail"),
        ("anymail+brevo://KEY:SECRET@", "demande anymail"),
        ("anymail+mailjet://KEY@", "API_KEY:SECRET_KEY@"),
        ("anymail+brevo://KEY@api.brevo.com", "rien ne suit"),
        ("anymail+brevo://KEY@?debug=1", "l’option debug"),
        ("anymail+scaleway://KEY@", "project_id"),
        ("anymail+mailgun://KEY@?api_url=http://exemple.fr", "https://"),
    ],
)
def test_nonsense_is_refused_in_words_without_the_key(url: str, said: str) -> None:
    with pytest.raises(ValueError, match="CORDEE_MAIL_URL") as refused:
        mail(url.replace("KEY", "0123456789"))

    assert said in str(refused.value)
    assert "0123456789" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_has_a_back_end_that_takes_these_settings(
    name: str, settings: Settings
) -> None:
    asked = PROVIDERS[name]
    keys = ":".join(f"key{number}" for number in range(len(asked.secrets)))
    options = {"api_url": "https://api.exemple.fr/", "project_id": "p"}
    query = "&".join(f"{key}={options[key]}" for key in sorted(asked.needed))
    found = mail(f"anymail+{name.replace('_', '-')}://{keys}@?{query}")
    settings.ANYMAIL = found.anymail

    made: Any = get_connection(found.backend)

    assert type(made).__module__ == f"anymail.backends.{name}"
    assert made.api_url.startswith("https://")

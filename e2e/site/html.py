"""The pages of the sample partner site, as text."""

from __future__ import annotations

from html import escape

from e2e.site.form import PAGES, Field

TITLE = "Demande d’aide au logement"


def form_page(page: int, answers: dict[str, str], errors: dict[str, str], token: str) -> str:
    """Return one page of the form (from 0), with what was answered and what is wrong."""
    name, fields = PAGES[page]
    inputs = "\n".join(
        _field(field, answers.get(field.name, ""), errors.get(field.name, "")) for field in fields
    )
    label = "Continuer" if page + 1 < len(PAGES) else "Envoyer la demande"
    back = f'<a class="back" href="/aide/{page}">Page précédente</a>' if page else ""
    account = "" if page else '<p><a id="compte" href="/connexion">J’ai déjà un compte</a></p>'
    has_mail = "oui" if answers.get("courriel") else "non"
    return _layout(
        f"{name} – {TITLE}",
        f"""<p class="step">Étape {page + 1} sur {len(PAGES)}</p>
<h1>{name}</h1>
{_summary(fields, errors)}
<form method="post" action="/aide/{page + 1}" novalidate data-courriel="{has_mail}">
<input type="hidden" name="jeton" value="{token}">
{inputs}
<p class="buttons"><button type="submit" id="suite">{label}</button> {back}</p>
</form>
{account}""",
    )


def done_page(number: str) -> str:
    """Return the page that says the application is in."""
    return _layout(
        f"Demande enregistrée – {TITLE}",
        f"""<h1>Votre demande est enregistrée</h1>
<p class="number">
Votre demande est enregistrée, n° <strong id="numero">{escape(number)}</strong>
</p>
<p>Nous vous répondons sous un mois. Gardez ce numéro.</p>""",
    )


def own_page(heading: str, body: str) -> str:
    """Return a page with a body of its own."""
    return _layout(f"{heading} – {TITLE}", f"<h1>{escape(heading)}</h1>\n{body}")


def plain_page(heading: str, sentence: str) -> str:
    """Return a page that says one thing."""
    return _layout(
        f"{heading} – {TITLE}",
        f'<h1>{escape(heading)}</h1><p>{escape(sentence)} <a href="/aide/1">Recommencer</a></p>',
    )


def _layout(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="/site.css">
<script src="/site.js" defer></script>
</head>
<body>
<header><p>Allocations familiales 05</p><p class="service">{TITLE}</p></header>
<main>
{body}
</main>
<footer>Site d’exemple : rien de ce qui est saisi ici ne part ailleurs.</footer>
</body>
</html>
"""


def _summary(fields: tuple[Field, ...], errors: dict[str, str]) -> str:
    if not errors:
        return ""
    items = "".join(
        f'<li><a href="#{field.name}">{errors[field.name]}</a></li>'
        for field in fields
        if field.name in errors
    )
    return f'<div class="errors" role="alert"><h2>À corriger</h2><ul>{items}</ul></div>'


def _field(field: Field, answer: str, error: str) -> str:
    hint = f'<span class="hint">{field.hint}</span>' if field.hint else ""
    problem = f'<span class="problem">{error}</span>' if error else ""
    group = f"field{' wrong' if error else ''}"
    if field.kind == "checkbox":
        ticked = " checked" if answer else ""
        return (
            f'<p class="{group} tick"><input type="checkbox" id="{field.name}" '
            f'name="{field.name}" value="oui"{ticked}>'
            f'<label for="{field.name}">{field.label}</label>{problem}</p>'
        )
    if field.kind == "radio":
        buttons = "".join(
            f'<span class="tick"><input type="radio" id="{field.name}_{value}" '
            f'name="{field.name}" value="{value}"{" checked" if value == answer else ""}>'
            f'<label for="{field.name}_{value}">{text}</label></span>'
            for value, text in field.options
        )
        return (
            f'<fieldset class="{group}" id="{field.name}"><legend>{field.label}</legend>'
            f"{hint}{problem}{buttons}</fieldset>"
        )
    label = f'<label for="{field.name}">{field.label}</label>{hint}{problem}'
    return f'<p class="{group}">{label}{_control(field, answer)}</p>'


def _control(field: Field, answer: str) -> str:
    attributes = f'id="{field.name}" name="{field.name}"'
    if field.kind == "textarea":
        return f'<textarea {attributes} rows="5">{escape(answer)}</textarea>'
    if field.kind == "select":
        options = "".join(
            f'<option value="{value}"{" selected" if value == answer else ""}>{text}</option>'
            for value, text in field.options
        )
        return f'<select {attributes}><option value="">Choisissez</option>{options}</select>'
    # A password is never sent back to the page.
    value = "" if field.kind == "password" else escape(answer, quote=True)
    step = ' step="0.01"' if field.kind == "number" else ""
    return f'<input type="{field.kind}" {attributes} value="{value}" autocomplete="off"{step}>'

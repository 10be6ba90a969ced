"""`cordee root make|sign|recovery`: on the machine that keeps a partner's root.

No server, no database, no network: what is asked comes in a file, what is signed goes to the
standard output. Questions and answers go over the terminal (standard error and input).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from cordee.directory.requests import (
    Certificates,
    KeyRequest,
    KeyRequests,
    agent_body,
    recovery_body,
)
from cordee.directory.rootfile import RootUnreadable, make_root, read_root
from cordee.directory.rules import is_recipient, make_certificate
from cordee.kernel import base64url
from cordee.kernel.signing import public_key_of
from cordee_wire.signed import short_groups

VERBS = ("make", "sign", "recovery")
YES = "oui"
CANNOT = 2
"""Exit code: nothing was signed."""


class CannotSign(Exception):
    """Nothing is signed; the text says why."""


def main(words: list[str]) -> int:
    """Do what `words` ask and return the exit code: 0, or 2 when it cannot be done."""
    asked = _parser().parse_args(words)
    acts = {"make": _make, "sign": _sign, "recovery": _recovery}
    try:
        acts[asked.do](asked)
    except (CannotSign, RootUnreadable) as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT
    return 0


def sign_requests(
    asked: KeyRequests,
    *,
    root: bytes,
    named: set[str],
    now: datetime,
    answers: TextIO,
    screen: TextIO,
) -> Certificates:
    """Return the certificates of the requests that a person says yes to.

    `named` are the fingerprints that were given on the command line, compared before. Raises
    CannotSign when the file was made for another root, or when a named one is not in it.
    """
    if asked.root_public_key != public_key_of(root):
        raise CannotSign("Ces demandes sont pour une autre clé racine : rien n’est signé.")
    missing = named - {request.fingerprint for request in asked.requests}
    if missing:
        raise CannotSign(f"Aucune demande n’a l’empreinte {', '.join(sorted(missing))}.")
    screen.write(f"Administration : {asked.partner}. {len(asked.requests)} demande(s).\n")
    screen.write("Comparez chaque empreinte avec celle que l’agent vous lit sur sa page.\n")
    certificates = []
    for request in asked.requests:
        if not request.is_proven():
            screen.write("\nUne demande sans preuve valable est laissée de côté.\n")
        elif _is_agreed(request, named=named, answers=answers, screen=screen):
            body = agent_body(request, partner=asked.partner, now=now)
            certificates.append(make_certificate(body, root_private_key=root))
    screen.write(f"\n{len(certificates)} certificat(s) signé(s).\n")
    return Certificates(partner=asked.partner, certificates=certificates)


def _is_agreed(request: KeyRequest, *, named: set[str], answers: TextIO, screen: TextIO) -> bool:
    screen.write(f"\n  {request.holder}\n  {request.fingerprint}\n")
    if request.fingerprint in named:
        screen.write("  Empreinte donnée : signée.\n")
        return True
    screen.write(f"  Est-ce la même ? Écrivez « {YES} » pour signer : ")
    screen.flush()
    return answers.readline().strip().lower() == YES


def _make(asked: Namespace) -> None:
    root = read_root(asked.key_file) if asked.key_file.exists() else make_root(asked.key_file)
    public_key = public_key_of(root)
    sys.stdout.write(f"{public_key}\n")
    sys.stderr.write(
        f"Clé publique ci-dessus. Empreinte : {short_groups(base64url.decode(public_key))}\n"
        f"Clé privée dans {asked.key_file} : gardez ce fichier hors ligne.\n"
    )


def _sign(asked: Namespace) -> None:
    root = read_root(asked.key_file)
    try:
        requests = msgspec.json.decode(asked.requests.read_bytes(), type=KeyRequests)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CannotSign(f"{asked.requests} n’est pas un fichier de demandes lisible.") from error
    certificates = sign_requests(
        requests,
        root=root,
        named={" ".join(text.split()) for text in asked.yes},
        now=datetime.now(UTC),
        answers=sys.stdin,
        screen=sys.stderr,
    )
    _put(certificates)


def _recovery(asked: Namespace) -> None:
    if not is_recipient(asked.recipient):
        raise CannotSign("Cette clé de secours n’est pas une clé publique age (age1…).")
    body = recovery_body(asked.partner, asked.recipient, now=datetime.now(UTC))
    certificate = make_certificate(body, root_private_key=read_root(asked.key_file))
    _put(Certificates(partner=asked.partner, certificates=[certificate]))


def _put(certificates: Certificates) -> None:
    text = msgspec.json.format(msgspec.json.encode(certificates), indent=2).decode()
    sys.stdout.write(f"{text}\n")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="cordee root", description="Clé racine d’une administration, hors ligne."
    )
    verbs = parser.add_subparsers(dest="do", required=True)
    make = verbs.add_parser("make", help="fait la clé racine et montre sa moitié publique")
    sign = verbs.add_parser(
        "sign", help="montre chaque demande et signe celles qui sont les bonnes"
    )
    sign.add_argument("requests", type=Path, help="le fichier de « cordee root requests »")
    sign.add_argument(
        "--yes",
        action="append",
        default=[],
        metavar="EMPREINTE",
        help="une empreinte déjà comparée : signée sans question",
    )
    recovery = verbs.add_parser("recovery", help="certifie la clé de secours")
    recovery.add_argument("--partner", required=True)
    recovery.add_argument("--recipient", required=True, help="clé publique age (age1…)")
    for verb in (make, sign, recovery):
        verb.add_argument("--key-file", required=True, type=Path)
    return parser

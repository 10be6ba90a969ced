from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from factories import NOW, World, new_private_key
from pytest_django import Settings

from cordee.directory import rootfile
from cordee.directory.models import Agent, AgentKey, Partner
from cordee.directory.queries import certificate_of, certificate_read, key_requests
from cordee.directory.requests import Certificates, KeyRequests
from cordee.directory.rules import KeyState, read_certificate
from cordee.jobs import offline_root
from cordee.jobs.offline_root import CannotSign, sign_requests
from cordee.journal.queries import entries_about
from cordee.kernel import base64url
from cordee.kernel.signing import public_key_of
from cordee_wire.signed import key_fingerprint


def _run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def _offline(*words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    """Run `cordee root …` as where the root is kept: no settings of the server at all."""
    return subprocess.run(
        [sys.executable, "-m", "cordee", "root", *words],
        input=answer,
        text=True,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )


def _sign(
    requests: KeyRequests, *, root: bytes, answer: str = "", named: set[str] | None = None
) -> tuple[Certificates, str]:
    screen = io.StringIO()
    signed = sign_requests(
        requests,
        root=root,
        named=named or set(),
        now=NOW,
        answers=io.StringIO(answer),
        screen=screen,
    )
    return signed, screen.getvalue()


def test_a_key_is_certified_by_files_carried_to_where_the_root_is(
    world: World, tmp_path: Path
) -> None:
    Partner.objects.filter(pk=world.partner.pk).update(root_public_key="")
    key = world.offer_keys()
    root = tmp_path / "stick" / "root.key"

    public_key = _offline("make", "--key-file", str(root)).stdout.strip()
    assert stat.S_IMODE(root.stat().st_mode) == 0o600
    assert _offline("make", "--key-file", str(root)).stdout.strip() == public_key
    _run("root", "register", "--partner", "allocations", "--public-key", public_key)
    asked = tmp_path / "requests.json"
    asked.write_text(_run("root", "requests", "--partner", "allocations"))
    signed = _offline("sign", "--key-file", str(root), str(asked), answer="oui\n")
    given = tmp_path / "certificates.json"
    given.write_text(signed.stdout)
    said = _run("root", "import", str(given))

    assert _fingerprint_of(key) in signed.stderr
    assert "Madame Martin" in signed.stderr
    assert said.startswith("1 certificat")
    assert certificate_of(world.agent, now=timezone.now()) is not None
    assert [entry.verb for entry in entries_about("agent", str(world.agent.pk))][-1] == (
        "keys_certified"
    )
    assert root.read_text().strip() not in str(list(Partner.objects.values()))
    assert key_requests(Partner.objects.get(pk=world.partner.pk)).requests == []


def _fingerprint_of(key: AgentKey) -> str:
    return key_fingerprint(key.agent.label, key.recipient, key.verify_key)


@pytest.mark.parametrize("answer", ["", "\n", "o\n", "non\n"])
def test_nothing_is_signed_without_a_yes(world: World, answer: str) -> None:
    world.offer_keys()

    signed, _ = _sign(key_requests(world.partner), root=world.root, answer=answer)

    assert signed.certificates == []


def test_each_request_has_its_own_yes(world: World) -> None:
    world.offer_keys()
    second = world.offer_keys()
    AgentKey.objects.update(state=KeyState.PENDING)

    signed, _ = _sign(key_requests(world.partner), root=world.root, answer="non\noui\n")

    [certificate] = signed.certificates
    body = read_certificate(certificate, root_public_key=public_key_of(world.root))
    assert body is not None
    assert (body.partner, body.holder, body.recipient) == (
        "allocations",
        "Madame Martin",
        second.recipient,
    )


def test_a_fingerprint_given_beforehand_is_signed_and_no_other(world: World) -> None:
    world.offer_keys()
    second = world.offer_keys()
    AgentKey.objects.update(state=KeyState.PENDING)
    asked = key_requests(world.partner)
    compared = asked.requests[1].fingerprint

    signed, _ = _sign(asked, root=world.root, named={compared})

    assert len(signed.certificates) == 1
    assert second.recipient in str(base64url.decode(signed.certificates[0].body))
    with pytest.raises(CannotSign, match="Aucune demande"):
        _sign(asked, root=world.root, named={"0000 " * 7 + "0000"})


@pytest.mark.parametrize("changed", ["holder", "recipient", "proof"])
def test_a_request_that_the_server_has_altered_is_never_asked_about(
    world: World, changed: str
) -> None:
    world.offer_keys()
    other = world.offer_keys(world.stranger)
    asked = key_requests(world.partner)
    value = {"holder": "Madame Durand", "recipient": other.recipient, "proof": other.proof}
    altered = msgspec.structs.replace(asked.requests[0], **{changed: value[changed]})

    signed, screen = _sign(
        msgspec.structs.replace(asked, requests=[altered]),
        root=world.root,
        answer="oui\n",
        named={altered.fingerprint},
    )

    assert signed.certificates == []
    assert altered.fingerprint not in screen


def test_a_name_that_would_write_over_the_screen_is_left_aside(world: World) -> None:
    Agent.objects.filter(pk=world.agent.pk).update(label="Madame\x1b[2K Martin")
    world.agent.refresh_from_db()
    world.offer_keys()

    signed, screen = _sign(key_requests(world.partner), root=world.root, answer="oui\n")

    assert signed.certificates == []
    assert "\x1b" not in screen


def test_requests_for_another_root_are_refused(world: World) -> None:
    world.offer_keys()

    with pytest.raises(CannotSign, match="autre clé racine"):
        _sign(key_requests(world.partner), root=new_private_key(), answer="oui\n")


def test_certificates_of_another_root_are_not_taken_in(world: World, tmp_path: Path) -> None:
    key = world.offer_keys()
    good = world.certificate_for(key)
    forged = world.certificate_for(key, root=new_private_key())
    file = tmp_path / "certificates.json"
    file.write_bytes(msgspec.json.encode(Certificates("allocations", [good, forged])))

    with pytest.raises(CommandError, match="ne vient pas de la clé racine"):
        _run("root", "import", str(file))
    assert AgentKey.objects.get(pk=key.pk).state == KeyState.PENDING


def test_a_key_revoked_meanwhile_does_not_come_back_by_an_import(
    world: World, tmp_path: Path
) -> None:
    key = world.offer_keys()
    certificate = world.certificate_for(key, now=timezone.now())
    AgentKey.objects.filter(pk=key.pk).update(state=KeyState.REVOKED)
    file = tmp_path / "certificates.json"
    file.write_bytes(msgspec.json.encode(Certificates("allocations", [certificate])))

    assert _run("root", "import", str(file)).startswith("0 ")
    assert AgentKey.objects.get(pk=key.pk).state == KeyState.REVOKED


def test_the_recovery_recipient_is_certified_the_same_way(world: World, tmp_path: Path) -> None:
    root = tmp_path / "root.key"
    root.write_text(base64url.encode(world.root))
    recipient = world.offer_keys().recipient
    words = ("--partner", "allocations", "--key-file", str(root), "--recipient")

    made = _offline("recovery", *words, recipient)
    file = tmp_path / "recovery.json"
    file.write_text(made.stdout)
    _run("root", "import", str(file))

    partner = Partner.objects.get(pk=world.partner.pk)
    assert certificate_read(partner.recovery_certificate) is not None
    refused = _offline("recovery", *words, "age1nonsense")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "age1" in refused.stderr


def test_a_new_root_has_a_public_half_that_a_command_line_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = (new_private_key() for _ in range(100_000))
    awkward = next(key for key in keys if public_key_of(key).startswith("-"))
    plain = next(key for key in keys if not public_key_of(key).startswith("-"))
    waiting = [plain, awkward]
    monkeypatch.setattr(rootfile, "_new_key", waiting.pop)

    assert rootfile.make_root(tmp_path / "root.key") == plain
    assert waiting == []


def test_a_root_of_another_partner_is_refused(world: World) -> None:
    public_key = public_key_of(new_private_key())

    with pytest.raises(CommandError, match="déjà une autre clé racine"):
        _run("root", "register", "--partner", "allocations", f"--public-key={public_key}")
    with pytest.raises(CommandError, match="Aucune administration"):
        _run("root", "register", "--partner", "inconnue", f"--public-key={public_key}")


def test_files_that_cannot_be_read_are_named(world: World, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("{}")

    with pytest.raises(CommandError, match="nonsense"):
        _run("root", "import", str(nonsense))
    refused = _offline("sign", "--key-file", str(nonsense), str(nonsense))
    assert refused.returncode == offline_root.CANNOT
    assert "clé racine lisible" in refused.stderr


def test_signing_whatever_comes_is_for_the_demo_only(
    world: World, tmp_path: Path, settings: Settings
) -> None:
    world.offer_keys()
    root = tmp_path / "root.key"
    root.write_text(base64url.encode(world.root))
    words = ("demo_root", "--partner", "allocations", "--key-file", str(root))

    with pytest.raises(CommandError, match="démonstration"):
        _run(*words)
    assert certificate_of(world.agent, now=timezone.now()) is None
    settings.IS_DEMO = True
    _run(*words)
    assert certificate_of(world.agent, now=timezone.now()) is not None

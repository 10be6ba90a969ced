"""`cordee-kiosk`: enrol, run, selftest, pin.

Exit codes: 0 done, 1 a device failed its test, 2 cannot be done as asked (the sentence says why).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from cordee_kiosk import config as settings
from cordee_kiosk import enrolment, safety, selftest, wiring
from cordee_kiosk.adapters import identity, lock

REFUSED = 2
_DASHED_KEY = re.compile(r"-[A-Za-z0-9_-]{42}")


def main(words: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    arguments = _parser().parse_args(_keys_last(sys.argv[1:] if words is None else words))
    _log_to_stderr()
    try:
        code = _COMMANDS[arguments.command](arguments)
    except (
        enrolment.NotEnrolled,
        lock.InUse,
        identity.NoIdentity,
        safety.Unsafe,
        settings.ConfigError,
    ) as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        code = REFUSED
    sys.exit(code)


def _enrol(arguments: argparse.Namespace) -> int:
    state = arguments.state[0]
    with lock.held(state):
        enrolled = enrolment.enrol(
            server=arguments.server, code=arguments.code, state=state, proxy=arguments.proxy
        )
    _say(f"Cette borne est enrôlée : {enrolled.site}.")
    _say("Administrations reconnues. Comparez chaque clé avec celle que l’administration donne :")
    for root in enrolled.roots:
        _say(f"  {root.partner}  {root.public_key}")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    in_memory = arguments.adapters == "memory"
    states: list[Path] = arguments.state
    if len(states) > 1 and not in_memory:
        _say("Une seule borne par machine, sauf avec `--adapters memory`.")
        return REFUSED
    if not in_memory:
        safety.require_safe_start(_enrolled(states[0]), safety.Process.this())
    safety.keep_no_memory()
    with contextlib.ExitStack() as stack:
        for state in states:
            stack.enter_context(lock.held(state))
        asyncio.run(_run_shells(states, in_memory=in_memory))
    return 0


async def _run_shells(states: list[Path], *, in_memory: bool) -> None:
    shells = [wiring.make_shell(state, _enrolled(state), in_memory=in_memory) for state in states]
    everything = asyncio.gather(*(shell.run() for shell in shells))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, everything.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await everything


def _selftest(arguments: argparse.Namespace) -> int:
    state = arguments.state[0]
    with lock.held(state):
        results = asyncio.run(selftest.run(state, _enrolled(state)))
    for result in results:
        _say(f"{result.device} : {'marche' if result.is_ok else 'en panne'}. {result.words}")
    return 0 if all(result.is_ok for result in results) else 1


def _pin(arguments: argparse.Namespace) -> int:
    state, partner = arguments.state[0], arguments.partner
    if not state.is_dir():
        raise identity.NoIdentity(f"Le dossier {state} n’est pas là : enrôlez d’abord la borne.")
    is_new = partner not in identity.pinned_roots(state)
    try:
        identity.pin(state, partner=partner, public_key=arguments.public_key)
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return REFUSED
    if is_new:
        _say(f"« {partner} » n’était pas encore connue de cette borne : relisez ce nom.")
    _say(f"La racine de {partner} est reconnue. Redémarrez la borne : elle en tiendra compte.")
    return 0


_COMMANDS = {"enrol": _enrol, "run": _run, "selftest": _selftest, "pin": _pin}


def _enrolled(state: Path) -> settings.Config:
    config = settings.from_process(state)
    if not config.server or not config.kiosk:
        raise identity.NoIdentity("Cette borne n’est pas enrôlée : lancez `cordee-kiosk enrol`.")
    return config


def _keys_last(words: Sequence[str]) -> list[str]:
    """Put public keys that begin with a dash where they are not taken for options."""
    keys = [word for word in words if _DASHED_KEY.fullmatch(word)]
    others = [word for word in words if word not in keys]
    return [*others, "--", *keys] if keys else others


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cordee-kiosk", description="La borne de Cordée.")
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enrol", help="faire de cette machine une borne")
    enrol.add_argument("--server", required=True, help="adresse du serveur")
    enrol.add_argument("--code", required=True, help="code à usage unique")
    enrol.add_argument("--proxy", default="", help="proxy HTTP du lieu, http://nom:port")
    run = commands.add_parser("run", help="le démon")
    run.add_argument("--adapters", choices=("real", "memory"), default="real")
    commands.add_parser("selftest", help="essayer chaque appareil")
    pin = commands.add_parser("pin", help="reconnaître la racine d’une administration")
    pin.add_argument("partner")
    pin.add_argument("public_key")
    for command in commands.choices.values():
        command.add_argument(
            "--state",
            type=Path,
            action="append",
            required=True,
            help="dossier de cette borne (plusieurs avec --adapters memory)",
        )
    return parser


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Their request lines name addresses and pages.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _say(text: str) -> None:
    print(text)  # noqa: T201 - for the person at the terminal


if __name__ == "__main__":
    main()

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
from cordee_kiosk.adapters import identity

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
        identity.NoIdentity,
        safety.Unsafe,
        settings.ConfigError,
    ) as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        code = REFUSED
    sys.exit(code)


def _enrol(arguments: argparse.Namespace) -> int:
    enrolled = enrolment.enrol(
        server=arguments.server, code=arguments.code, state=arguments.state[0]
    )
    _say(f"Cette borne est enrôlée : {enrolled.site}.")
    _say(f"Administrations reconnues : {len(enrolled.roots)}.")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    in_memory = arguments.adapters == "memory"
    states: list[Path] = arguments.state
    if len(states) > 1 and not in_memory:
        _say("Une seule borne par machine, sauf avec `--adapters memory`.")
        return REFUSED
    if not in_memory:
        safety.require_safe_start(_enrolled(states[0]), safety.Process.this())
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
    results = asyncio.run(selftest.run(state, _enrolled(state)))
    for result in results:
        _say(f"{result.device} : {'marche' if result.is_ok else 'en panne'}. {result.words}")
    return 0 if all(result.is_ok for result in results) else 1


def _pin(arguments: argparse.Namespace) -> int:
    try:
        identity.pin(arguments.state[0], partner=arguments.partner, public_key=arguments.public_key)
    except ValueError as error:
        _say(str(error))
        return REFUSED
    _say(f"La racine de {arguments.partner} est reconnue par cette borne.")
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

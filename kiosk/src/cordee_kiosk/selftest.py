"""Tries each device once and says in words what works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from cordee_kiosk import browsing, ports, safety, wiring
from cordee_kiosk.adapters import identity
from cordee_kiosk.adapters.voice import EspeakVoice
from cordee_kiosk.config import Config, is_loopback
from cordee_wire import stage

_WITHIN_S = 70.0
_CAMERA_WITHIN_S = 10.0


@dataclass(frozen=True)
class Result:
    """What one device did."""

    device: str
    is_ok: bool
    words: str


async def run(state: Path, config: Config) -> list[Result]:
    """Try the devices one after the other, as they share the machine."""
    tries: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("Sécurité", lambda: _safety(config)),
        ("Serveur", lambda: _server(config)),
        ("Administrations", lambda: _roots(state)),
        ("Scanner", lambda: _scanner(config)),
        ("Voix", _voice),
        ("Touche Stop", lambda: _stop_key(config)),
        ("Écran et caméra", lambda: _browser(state, config)),
    ]
    return [await _try(device, act) for device, act in tries]


async def _try(device: str, act: Callable[[], Awaitable[str]]) -> Result:
    try:
        async with asyncio.timeout(_WITHIN_S):
            words = await act()
    except ports.Unavailable as error:
        return Result(device, is_ok=False, words=str(error))
    except TimeoutError:
        return Result(device, is_ok=False, words="Pas de réponse à temps.")
    except Exception as error:  # noqa: BLE001 - a broken device must not hide the next ones
        return Result(device, is_ok=False, words=f"{type(error).__name__} : {error}")
    return Result(device, is_ok=True, words=words)


async def _safety(config: Config) -> str:
    if faults := safety.faults(config):
        raise ports.Unavailable("failed", " ".join(faults))
    return "Chromium tourne dans son bac à sable."


async def _server(config: Config) -> str:
    try:
        async with httpx.AsyncClient(
            proxy=config.proxy or None, trust_env=not is_loopback(config.server)
        ) as client:
            answer = await client.get(f"{config.server}/healthz", timeout=5)
    except httpx.HTTPError as error:
        raise ports.Unavailable("failed", f"{config.server} ne répond pas.") from error
    if answer.status_code != httpx.codes.OK:
        raise ports.Unavailable("failed", f"{config.server} répond {answer.status_code}.")
    return config.server


async def _roots(state: Path) -> str:
    roots = identity.pinned_roots(state)
    if not roots:
        raise ports.Unavailable("failed", "Aucune racine n’est reconnue : enrôlez de nouveau.")
    return ", ".join(f"{partner} {key}" for partner, key in sorted(roots.items()))


async def _scanner(config: Config) -> str:
    page = await wiring.make_scanner(config).scan()
    return f"Une page de {max(1, len(page) // 1024)} ko."


async def _voice() -> str:
    wav = await EspeakVoice().say("Bonjour.")
    return f"Une phrase de {len(wav) // 1024} ko."


async def _stop_key(config: Config) -> str:
    await asyncio.to_thread(wiring.make_stop_key(config).check)
    return config.stop_key


async def _browser(state: Path, config: Config) -> str:
    browser = wiring.make_browser(state, config, in_memory=False)
    try:
        await browser.start()
        await browser.tell(stage.OpenCamera())
        async with asyncio.timeout(_CAMERA_WITHIN_S):
            return await _camera(browser)
    finally:
        await browser.close()


async def _camera(browser: browsing.Browser) -> str:
    async for event in browser.events():
        match event:
            case browsing.StageSaid(message=stage.CameraState(state="opened")):
                return "L’écran s’affiche, la caméra s’ouvre."
            case browsing.StageSaid(message=stage.CameraState()):
                raise ports.Unavailable("device_missing", "La caméra ne s’ouvre pas.")
            case browsing.BrowserGone(reason=reason):
                raise ports.Unavailable("failed", reason)
            case _:
                continue
    raise ports.Unavailable("failed", "Le navigateur s’est arrêté.")

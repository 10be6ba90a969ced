"""The daemon's settings: STATE/kiosk.toml, overridden by CORDEE_KIOSK_* in the environment.

| key | variable | what it is |
|---|---|---|
| `server` | `CORDEE_KIOSK_SERVER` | the server's address |
| `proxy` | `CORDEE_KIOSK_PROXY` | HTTP proxy of the place, as `http://proxy.example:3128` |
| `scanner` | `CORDEE_KIOSK_SCANNER` | SANE device; empty: the first that SANE names |
| `scanner_options` | `CORDEE_KIOSK_SCANNER_OPTIONS` | further options of scanimage |
| `sane_config_dir` | `CORDEE_KIOSK_SANE_CONFIG_DIR` | SANE_CONFIG_DIR for scanimage |
| `stop_key` | `CORDEE_KIOSK_STOP_KEY` | X keysym of the Stop key |
| `display` | `CORDEE_KIOSK_DISPLAY` | X display |
| `upload_bps` | `CORDEE_KIOSK_UPLOAD_BPS` | most bit/s for scanned pages; 0: what the call leaves |
| `video_hosts` | `CORDEE_KIOSK_VIDEO_HOSTS` | hosts of partners' own tools, for the camera |
| `language` | `CORDEE_KIOSK_LANGUAGE` | language of Chromium and of what sites are asked for |
| `chromium` | `CORDEE_KIOSK_CHROMIUM` | Chromium's program |
| `chromium_flags` | `CORDEE_KIOSK_CHROMIUM_FLAGS` | further flags |
| `no_sandbox` | `CORDEE_KIOSK_NO_SANDBOX` | no Chromium sandbox: root in tests only |
| `stage_dir` | `CORDEE_KIOSK_STAGE_DIR` | another build of the stage |
"""

from __future__ import annotations

import ipaddress
import os
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

_PREFIX = "CORDEE_KIOSK_"
_FILE = "kiosk.toml"


class ConfigError(Exception):
    """The settings cannot be read; the sentence says which and why."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a technician may set. `kiosk` and `site` come from enrolment."""

    server: str = ""
    kiosk: str = ""
    site: str = ""
    proxy: str = ""
    scanner: str = ""
    scanner_options: list[str] = []
    sane_config_dir: str = ""
    stop_key: str = "Pause"
    display: str = ""
    upload_bps: int = 0
    video_hosts: list[str] = []
    language: str = "fr-FR"
    chromium: str = "chromium"
    chromium_flags: list[str] = []
    no_sandbox: bool = False
    stage_dir: str = ""


def read(state: Path, environment: Mapping[str, str]) -> Config:
    """Return the settings of the kiosk whose state is in `state`.

    Raises ConfigError when the file is unreadable or a value is of the wrong kind.
    """
    path = state / _FILE
    values: dict[str, object] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} ne se lit pas : {error}") from error
    for name, kind in Config.__annotations__.items():
        text = environment.get(f"{_PREFIX}{name.upper()}")
        if text is not None:
            values[name] = _parsed(text, kind)
    if not values.get("display"):
        values["display"] = environment.get("DISPLAY", ":0")
    try:
        return msgspec.convert(values, type=Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"Réglage inutilisable dans {path} : {error}") from error


def write(state: Path, config: Config) -> None:
    """Write a commented kiosk.toml for the technician to edit."""
    values = [f"{name} = {_toml(getattr(config, name))}" for name in Config.__annotations__]
    lines = [
        "# Réglages de la borne. Chaque valeur peut aussi venir de CORDEE_KIOSK_*.",
        "",
        *values,
    ]
    path = state / _FILE
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.chmod(0o600)


def _parsed(text: str, kind: object) -> object:
    if kind == "list[str]":
        return shlex.split(text)
    if kind == "bool":
        return text.strip().lower() in ("1", "true", "yes")
    if kind == "int" and text.strip().isdecimal():
        return int(text)
    return text


def _toml(value: object) -> str:
    return msgspec.json.encode(value).decode()


def from_process(state: Path) -> Config:
    """Return the settings with this process's environment."""
    return read(state, os.environ)


def is_loopback(url: str) -> bool:
    """Return whether an address is this box itself: no proxy stands in between."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

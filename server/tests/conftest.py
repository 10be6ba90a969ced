from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Workers of pytest-xdist inherit the first process's directory; their databases differ by name.
if "CORDEE_TEST_DATA" not in os.environ:
    os.environ["CORDEE_TEST_DATA"] = tempfile.mkdtemp(prefix="cordee-server-tests-")
    atexit.register(shutil.rmtree, os.environ["CORDEE_TEST_DATA"], ignore_errors=True)
os.environ["CORDEE_DATA"] = os.environ["CORDEE_TEST_DATA"]
os.environ["CORDEE_SECRET_KEY"] = "a test keeps no secret, whatever its length"
for name in ("CORDEE_DEBUG", "CORDEE_HOSTS", "CORDEE_PUBLIC_URL", "REDIS_URL"):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "cordee.config.settings"

import django  # noqa: E402 - the settings read the environment above

django.setup()

from channels.layers import channel_layers  # noqa: E402 - likewise
from django.db import connection  # noqa: E402 - likewise
from factories import World, make_world  # noqa: E402 - likewise
from pytest_django import Settings  # noqa: E402 - likewise

# PostgreSQL waits in its own way.
collect_ignore = [] if connection.vendor == "sqlite" else ["config/test_sqlite.py"]

DATABASE_FIXTURES = {"db", "transactional_db"}
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what asks for no database: SQLite's run has tested it."""
    if connection.vendor == "sqlite":
        return
    without = [item for item in items if not _asks_for_database(item)]
    items[:] = [item for item in items if _asks_for_database(item)]
    config.hook.pytest_deselected(items=without)


def _asks_for_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path) -> None:
    """Give each test its own pages directory, channel layer and quick passwords."""
    settings.PAGES = tmp_path / "pages"
    settings.PASSWORD_HASHERS = [QUICK_HASHER]
    channel_layers.backends = {}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def committed(transactional_db: None) -> World:
    """The same world, seen by other connections too."""
    return make_world()

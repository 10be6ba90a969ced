from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
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
from django.conf import settings as django_settings  # noqa: E402 - likewise

django.setup()
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every client of a test would list all static files before its first page.
django_settings.WHITENOISE_AUTOREFRESH = True

from channels.layers import channel_layers  # noqa: E402 - likewise
from django.db import connection  # noqa: E402 - likewise
from emptying import emptied_by_rows  # noqa: E402 - likewise
from factories import World  # noqa: E402 - likewise
from pytest_django import DjangoDbBlocker, Settings  # noqa: E402 - likewise
from template import WorldTemplate  # noqa: E402 - likewise

# PostgreSQL waits in its own way.
collect_ignore = [] if connection.vendor == "sqlite" else ["config/test_sqlite.py"]

DATABASE_FIXTURES = {"db", "transactional_db"}
HERE = Path(__file__).parent
ON_SQLITE_ALONE = (HERE / "web", HERE / "jobs/test_seed_again.py")
"""Pages write no query of their own (`test_architecture.py`): what they ask for is in services and
queries, tested on both. That a seed makes the same again is no database's doing."""

GARBAGE_MOST = 20_000
"""New objects between two looks of the collector at the newest; Python's own is 700."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what asks for no database, and what SQLite's run tests for both."""
    if connection.vendor == "sqlite":
        return
    wanted = [
        item
        for item in items
        if _asks_for_database(item)
        and not any(item.path.is_relative_to(path) for path in ON_SQLITE_ALONE)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = wanted


def pytest_collection_finish() -> None:
    """Let the collector pass over all that is loaded by now: looking through it takes a sixth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MOST)


def _asks_for_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path) -> None:
    """Give each test its own pages directory and channel layer."""
    settings.PAGES = tmp_path / "pages"
    channel_layers.backends = {}


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_rows() -> Iterator[None]:
    with emptied_by_rows():
        yield


@pytest.fixture(scope="session")
def _template() -> WorldTemplate:
    return WorldTemplate()


@pytest.fixture
def world(db: None, _template: WorldTemplate) -> World:
    return _template.copy()


@pytest.fixture(scope="session")
def _migrated(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a copy of the tests' database as the migrations left it."""
    copy = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    return copy


@pytest.fixture
def empty_database(_migrated: Path, tmp_path: Path) -> str:
    """Return the DATABASE_URL of a database in `tmp_path`, for processes of their own."""
    own = shutil.copy(_migrated, tmp_path / "own.sqlite3")
    return f"sqlite:///{own}"


@pytest.fixture
def committed(transactional_db: None, _template: WorldTemplate) -> World:
    """The same world, seen by other connections too."""
    return _template.copy()

from __future__ import annotations

import pytest

from cordee_kiosk.adapters.chromium.allow_list import AllowList, is_near


@pytest.mark.parametrize(
    ("url", "is_admitted"),
    [
        ("https://caf.invalid/", True),
        ("http://caf.invalid/page?x=1", True),
        ("https://CAF.invalid./", True),
        ("https://www.caf.invalid/", False),
        ("https://caf.invalid.evil.invalid/", False),
        ("https://caf.invalid:8443/", False),
        ("https://evil@caf.invalid/", False),
        ("https://caf.invalid@evil.invalid/", False),
        ("ftp://caf.invalid/", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("http://127.0.0.1:8001/", True),
        ("http://127.0.0.1/", False),
        ("http://localhost:8001/", False),
        ("http://[::1]/", False),
        ("http://caf.invalid:99999/", False),
        ("", False),
    ],
)
def test_only_listed_hosts_are_admitted(url: str, is_admitted: bool) -> None:  # noqa: FBT001
    assert AllowList(["caf.invalid", "127.0.0.1:8001"]).admits(url) is is_admitted


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://localhost:631/", True),
        ("http://imprimante.local/", True),
        ("https://192.168.1.1/", True),
        ("http://172.20.0.1/", True),
        ("http://[::1]/", True),
        ("http://[::ffff:10.0.0.1]/", True),
        ("http://[fe80::1]/", True),
        ("http://100.64.0.1/", True),
        ("https://192.0.66.2/", False),
        ("https://10.exemple.fr/", False),
        ("https://exemple.fr/?vers=http://10.0.0.1/", False),
    ],
)
def test_this_machine_and_its_network_are_near(url: str, *, near: bool) -> None:
    assert is_near(url) is near

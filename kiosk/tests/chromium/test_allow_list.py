from __future__ import annotations

import pytest

from cordee_kiosk.adapters.chromium.allow_list import AllowList


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

from __future__ import annotations

from django.test import Client


def test_a_server_that_reads_its_database_is_well(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from outside import Outside, Script, endless, loopback_way, page, redirect, silent

from cordee.kernel.fetch import (
    OPERATOR,
    PUBLIC,
    IPAddress,
    Limits,
    Unfetched,
    Way,
    fetch,
    is_public,
)

LIMITS = Limits(size_bytes=10_000, time_s=10)
SHORT = replace(LIMITS, time_s=0.3)


def _trouble(url: str, limits: Limits = LIMITS, way: Way | None = None) -> str:
    with pytest.raises(Unfetched) as unfetched:
        fetch(url, limits, way=way or loopback_way())
    return unfetched.value.trouble


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:0001::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.ics",
        "https://[::1]/a.ics",
        "https://[::ffff:127.0.0.1]/a.ics",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/a.ics",
    ],
)
def test_nothing_inside_is_asked_for_in_production(url: str) -> None:
    assert _trouble(url, way=PUBLIC) == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.ics",
        "ftp://example.org/a.ics",
        "file:///etc/passwd",
        "https://",
        "https://name:password@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
        "https://[::1/",
        "//example.org/",
        "",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    assert _trouble(url, way=PUBLIC) == "bad_address"


def test_a_body_comes_whole_with_its_query() -> None:
    with Outside({"/a.ics?b=1": page(b"hello")}) as outside:
        assert fetch(f"{outside.url}/a.ics?b=1", LIMITS, way=loopback_way()) == b"hello"
        assert fetch(f"{outside.url}/a.ics?b=1", LIMITS, way=OPERATOR) == b"hello"


def test_a_name_is_resolved_once_and_the_checked_address_is_used() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def resolve(host: str, port: int) -> list[IPAddress]:
        return [ip_address(each) for each in answers.pop(0)]

    with Outside({"/": page(b"hello")}) as outside:
        way = replace(loopback_way(), resolve=resolve)
        assert fetch(f"http://calendar.example:{outside.port}/", LIMITS, way=way) == b"hello"
    assert answers == [["10.0.0.1"]]


@pytest.mark.parametrize("inside", ["127.0.0.2", "10.0.0.1", "::1"])
def test_a_name_with_one_address_inside_is_refused_whole(inside: str) -> None:
    with Outside({"/": page(b"hello")}) as outside:
        way = loopback_way({"calendar.example": ["127.0.0.1", inside]})
        url = f"http://calendar.example:{outside.port}/"
        assert _trouble(url, way=way) == "private_address"
        assert outside.asked == []


def test_redirects_are_followed_and_counted() -> None:
    scripts: dict[str, Script] = {f"/{n}": redirect(f"/{n + 1}") for n in range(4)}
    with Outside({**scripts, "/4": page(b"end"), "/round": redirect("/round")}) as outside:
        assert fetch(f"{outside.url}/1", LIMITS, way=loopback_way()) == b"end"
        assert _trouble(f"{outside.url}/0") == "too_many_redirects"
        assert _trouble(f"{outside.url}/round") == "too_many_redirects"


@pytest.mark.parametrize(
    ("target", "trouble"),
    [
        ("http://127.0.0.2:9/", "private_address"),
        ("http://169.254.169.254/latest/", "private_address"),
        ("file:///etc/passwd", "bad_address"),
        ("gopher://127.0.0.1/", "bad_address"),
        ("http://[::1", "bad_address"),
        ("http://nowhere.example/", "unknown_host"),
    ],
)
def test_a_redirect_is_checked_as_the_first_address_was(target: str, trouble: str) -> None:
    with Outside({"/": redirect(target)}) as outside:
        assert _trouble(f"{outside.url}/") == trouble


ENDLESS_BODY = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"BEGIN:VCALENDAR\r\n" * 64)
CHUNKED = endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nabcd\r\n")


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        (page(b"x" * 10_001), "too_big"),
        (ENDLESS_BODY, "too_big"),
        (CHUNKED, "too_big"),
        (page(b"", status="500 Oh no"), "http_500"),
        (page(b"x", headers="Content-Encoding: gzip\r\n"), "encoded"),
        (page(b"x", is_whole=False), "broken_answer"),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 1000 + b"\r\n"), "broken_answer"),
        (lambda line: line.sendall(b"220 mail.example ESMTP\r\n"), "broken_answer"),
        (lambda line: None, "broken_answer"),
    ],
)
def test_a_bad_answer_has_a_plain_trouble(script: Script, trouble: str) -> None:
    with Outside({"/": script}) as outside:
        assert _trouble(f"{outside.url}/") == trouble


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    with Outside({"/": silent}) as outside:
        assert _trouble(f"{outside.url}/", SHORT) == "too_slow"


def test_a_server_that_drips_is_left_in_time() -> None:
    def drip(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        silent(line)

    with Outside({"/": drip}) as outside:
        assert _trouble(f"{outside.url}/", SHORT) == "too_slow"


def test_nobody_at_the_door_is_unreachable() -> None:
    with Outside() as outside:
        url = outside.url
    assert _trouble(f"{url}/") == "unreachable"


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_the_certificate_must_be_trusted_and_name_the_host(tmp_path: Path) -> None:
    file = _certificate(tmp_path, "calendar.example")
    speaks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaks.load_cert_chain(file)
    names = {"calendar.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    way = loopback_way(names)
    trusting = replace(way, tls=lambda: ssl.create_default_context(cafile=file))

    with Outside({"/": page(b"hello")}, tls=speaks) as outside:
        good = f"https://calendar.example:{outside.port}/"
        assert fetch(good, LIMITS, way=trusting) == b"hello"
        assert _trouble(good, way=way) == "untrusted_certificate"
        wrong = f"https://other.example:{outside.port}/"
        assert _trouble(wrong, way=trusting) == "untrusted_certificate"

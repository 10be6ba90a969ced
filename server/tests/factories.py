"""A small world for the tests of services, sockets and API, made through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from pyrage import x25519  # type: ignore[import-untyped]

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.directory import keys as directory_keys
from cordee.directory import services as directory
from cordee.directory.models import Agent, AgentKey, Partner, Reason
from cordee.directory.requests import KeyRequest, agent_body
from cordee.directory.rules import make_certificate
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.journal.rules import OPERATOR
from cordee.kernel import base64url
from cordee.kernel.signing import public_key_of, sign
from cordee.territory import services as territory
from cordee.territory.models import Site
from cordee.visits import services as visits
from cordee.visits.models import Visit
from cordee_wire.signed import Certificate, key_proof_payload

NOW = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
TEN = NOW + timedelta(hours=2)
PASSWORD = "quatre mots dans la neige"


def new_private_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def new_recipient() -> str:
    """Return an age recipient whose identity nobody keeps."""
    return str(x25519.Identity.generate().to_public())


def sealed(size_bytes: int = 1000) -> bytes:
    return (b"age-encryption.org/v1\n" + bytes(range(256)) * (size_bytes // 256 + 1))[:size_bytes]


@dataclass
class Box:
    """An enrolled kiosk and the key that only the box has."""

    kiosk: Kiosk
    private_key: bytes


@dataclass
class World:
    """A site with two kiosks; two partners with one agent each, one of them certified."""

    box: Box
    other_box: Box
    partner: Partner
    root: bytes
    reason: Reason
    agent: Agent
    stranger: Agent
    foreign_reason: Reason
    host: User
    technician: User
    recipients: dict[int, str] = field(default_factory=dict)

    def book(
        self,
        starts_at: datetime = TEN,
        *,
        box: Box | None = None,
        agent: Agent | None = None,
        citizen: str = "Élodie",
        now: datetime = NOW,
        off_grid: bool = False,
    ) -> Visit:
        agent = agent or self.agent
        return visits.book(
            kiosk=(box or self.box).kiosk,
            agent=agent,
            reason=self.reason if agent == self.agent else self.foreign_reason,
            citizen=citizen,
            starts_at=starts_at,
            off_grid=off_grid,
            actor=OPERATOR,
            now=now,
        )

    @property
    def site(self) -> Site:
        return self.box.kiosk.site

    def book_soon(self) -> Visit:
        now = datetime.now(UTC)
        return self.book(now + timedelta(minutes=1), now=now, off_grid=True)

    def offer_keys(self, agent: Agent | None = None, *, now: datetime = NOW) -> AgentKey:
        agent = agent or self.agent
        private_key = new_private_key()
        recipient = new_recipient()
        verify_key = public_key_of(private_key)
        payload = key_proof_payload(agent.label, recipient, verify_key)
        return directory_keys.offer_keys(
            agent=agent,
            recipient=recipient,
            verify_key=verify_key,
            proof=sign(private_key=private_key, payload=payload),
            now=now,
        )

    def certificate_for(
        self, key: AgentKey, *, root: bytes = b"", now: datetime = NOW
    ) -> Certificate:
        request = KeyRequest(key.agent.label, key.recipient, key.verify_key, key.proof)
        body = agent_body(request, partner=key.agent.partner.slug, now=now)
        return make_certificate(body, root_private_key=root or self.root)

    def certify(self, key: AgentKey, *, now: datetime | None = None) -> None:
        # Views read the real clock, services are told NOW: certified for both.
        now = now or max(NOW, datetime.now(UTC))
        certificate = self.certificate_for(key, now=now)
        directory_keys.certify(key=key, certificate=certificate, actor=OPERATOR, now=now)


def make_world() -> World:
    where = territory.open_territory(code="05", name="Hautes-Alpes", actor=OPERATOR, now=NOW)
    commune = territory.add_commune(
        territory=where, insee_code="05065", name="Guillestre", actor=OPERATOR, now=NOW
    )
    site = territory.open_site(
        commune=commune,
        name="Maison de la vallée",
        phone="04 65 71 00 12",
        actor=OPERATOR,
        now=NOW,
    )
    family = _partner("allocations", "Allocations familiales 05")
    taxes = _partner("impots", "Impôts 05")
    root = new_private_key()
    directory_keys.register_root(
        partner=family, public_key=public_key_of(root), actor=OPERATOR, now=NOW
    )
    family.refresh_from_db()
    return World(
        box=enrolled_box(site, "Guillestre 1"),
        other_box=enrolled_box(site, "Guillestre 2"),
        partner=family,
        root=root,
        reason=_reason(family, "Aide au logement"),
        agent=_agent(family, "conseil@demo.invalid", "Madame Martin"),
        stranger=_agent(taxes, "impots@demo.invalid", "Monsieur Roux"),
        foreign_reason=_reason(taxes, "Déclaration"),
        host=make_user("accueil@demo.invalid", Role.HOST, "Accueil"),
        technician=make_user("technique@demo.invalid", Role.TECHNICIAN, "Technique"),
    )


def make_user(email: str, role: Role, name: str) -> User:
    return create_user(
        email=email, password=PASSWORD, name=name, role=role, actor=OPERATOR, now=NOW
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _partner(slug: str, label: str) -> Partner:
    return directory.add_partner(
        slug=slug,
        label=label,
        start_url=f"https://{slug}.example/debut",
        allowed_hosts=[f"aide.{slug}.example"],
        actor=OPERATOR,
        now=NOW,
    )


def _reason(partner: Partner, label: str) -> Reason:
    return directory.add_reason(
        partner=partner, label=label, duration_min=30, actor=OPERATOR, now=NOW
    )


def _agent(partner: Partner, email: str, label: str) -> Agent:
    user = make_user(email, Role.AGENT, label)
    return directory.add_agent(user=user, partner=partner, label=label, actor=OPERATOR, now=NOW)


def enrolled_box(site: Site, name: str) -> Box:
    kiosk = fleet.add_kiosk(site=site, name=name, actor=OPERATOR, now=NOW)
    code, _ = fleet.issue_code(kiosk=kiosk, actor=OPERATOR, now=NOW)
    private_key = new_private_key()
    enrolled = fleet.enrol(code=code, public_key=public_key_of(private_key), now=NOW)
    return Box(enrolled, private_key)


def key_text(data: bytes) -> str:
    return base64url.encode(data)

"""Who may come in where. Every view, consumer and command declares one of these.

`config.access` refuses a view that declares none, and turns a missing right into a page; the
finer question (may *this* agent see *this* visit?) is answered by each app's `permissions.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cordee.accounts.models import User
from cordee.accounts.rules import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser

T = TypeVar("T")


@dataclass(frozen=True)
class Permission:
    """A right of entry. `roles` is None where no session is looked at."""

    name: str
    roles: frozenset[Role] | None


PUBLIC = Permission("public", None)
"""Anyone."""
KIOSK = Permission("kiosk", None)
"""A kiosk that proves its key: the view or consumer verifies the signature itself."""
OPERATOR = Permission("operator", None)
"""Whoever can run commands on the server."""
SIGNED_IN = Permission("signed_in", frozenset(Role))
"""Any person with an open account."""
AGENT = Permission("agent", frozenset({Role.AGENT}))
"""Agents of the partners."""
HOST = Permission("host", frozenset({Role.HOST}))
"""Hosts at the sites: they book for people and see the day."""
MANAGER = Permission("manager", frozenset({Role.MANAGER}))
"""Managers of a partner: its agents, reasons and openings, never another's."""
TECHNICIAN = Permission("technician", frozenset({Role.TECHNICIAN}))
"""Technicians: the fleet, never content."""


def permits(permission: Permission) -> Callable[[T], T]:
    """Declare what a view, consumer or command requires: `@permits(AGENT)`."""

    def declare(target: T) -> T:
        target.permission = permission  # type: ignore[attr-defined]
        return target

    return declare


def permission_of(target: Any) -> Permission | None:
    """Return what a view (function or class-based), consumer or command declares, or None."""
    for candidate in (target, getattr(target, "view_class", None)):
        found = getattr(candidate, "permission", None)
        if isinstance(found, Permission):
            return found
    return None


def may_enter(user: User | AnonymousUser | None, permission: Permission) -> bool:
    """Return whether `user` holds the right of entry."""
    if permission.roles is None:
        return True
    return isinstance(user, User) and user.is_active and user.role in permission.roles

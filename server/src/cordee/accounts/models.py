"""People who sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from cordee.accounts.rules import ROLE_LABELS, Role, normal_email


class UserManager(BaseUserManager["User"]):
    """Finds people by their address, however it is written."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this address."""
        return self.get(email=normal_email(username or ""))


class User(AbstractBaseUser):
    """Someone with an account: an address, a name, one role."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(
        max_length=16, choices=[(role.value, ROLE_LABELS[role]) for role in Role]
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """Return the person's name."""
        return self.name


class Tally(models.Model):
    """How often something was done in one stretch of time, which ends at `ends_at`.

    `key` is a keyed digest of what and whose: no address can be read from it.
    """

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return how often."""
        return str(self.count)

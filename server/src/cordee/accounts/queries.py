"""Reading the accounts."""

from __future__ import annotations

from cordee.accounts.models import User
from cordee.accounts.rules import normal_email


def user_by_email(email: str) -> User | None:
    """Return who has this address, however it is written."""
    return User.objects.filter(email=normal_email(email)).first()


def user_with_id(user_id: int) -> User | None:
    """Return the account as it stands now."""
    return User.objects.filter(pk=user_id).first()

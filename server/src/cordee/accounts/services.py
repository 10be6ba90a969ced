"""Making and closing accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cordee.accounts.models import User
from cordee.accounts.rules import LOCK_OUT_LASTS, Role, normal_email
from cordee.journal.queries import has_entry
from cordee.journal.rules import ANYONE
from cordee.journal.rules import user as user_actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.journal.rules import Actor


class EmailTaken(Refusal):
    """Someone already has an account with this address."""

    code = "email_taken"
    message = "Un compte existe déjà avec cette adresse."


class AccountClosed(Refusal):
    """Nothing opens it again: whoever comes back gets an account of their own."""

    code = "account_closed"
    message = "Ce compte est fermé : aucun mot de passe ne l’ouvre plus."


class PasswordWeak(Refusal):
    """Shorter than twelve signs, or one of those that everybody tries first."""

    code = "password_weak"
    message = (
        "Ce mot de passe est trop facile à deviner : prenez-en un d’au moins 12 signes, "
        "par exemple quatre mots."
    )


@transaction.atomic
def create_user(
    *, email: str, password: str | None, name: str, role: Role, actor: Actor, now: datetime
) -> User:
    """Open an account; `password` None: none opens it until one is set.

    Raises EmailTaken or PasswordWeak.
    """
    if password is not None:
        _check_password(password)
    user = User(email=normal_email(email), name=name, role=role, created_at=now)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise EmailTaken from error
    record(
        at=now,
        actor=actor,
        verb="account_opened",
        object_kind="user",
        object_id=str(user.pk),
        detail={"role": role.value},
    )
    return user


@transaction.atomic
def give_password(*, user: User, password: str, actor: Actor, now: datetime) -> None:
    """Let another password open the account from now on; a lock after wrong ones ends with it.

    Sessions opened with the old one end at once. Raises AccountClosed or PasswordWeak; then nothing
    changes.
    """
    _check_password(password)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise AccountClosed
    locked.set_password(password)
    locked.save(update_fields=["password"])
    reset(username=locked.email)
    record(at=now, actor=actor, verb="password_given", object_kind="user", object_id=str(user.pk))


@transaction.atomic
def close_account(*, user: User, actor: Actor, now: datetime) -> None:
    """Close an account: the person can no longer sign in; what they did stays in the journal.

    Sessions end at once: none outlives the password that it was opened with. An account that is
    closed already stays so, without a second entry.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        return
    locked.is_active = False
    locked.set_unusable_password()
    locked.save(update_fields=["is_active", "password"])
    record(at=now, actor=actor, verb="account_closed", object_kind="user", object_id=str(user.pk))


@transaction.atomic
def note_log_in(*, user: User, now: datetime) -> None:
    """Write down that the person has opened a session."""
    _note_session("logged_in", user, now)


@transaction.atomic
def note_log_out(*, user: User, now: datetime) -> None:
    """Write down that the person has closed their session."""
    _note_session("logged_out", user, now)


@transaction.atomic
def note_lock_out(*, email: str, now: datetime) -> None:
    """Write down that an account was tried too often, once in LOCK_OUT_LASTS.

    An address that nobody has leaves no trace: what a stranger types is not ours to keep.
    """
    user = User.objects.select_for_update().filter(email=normal_email(email)).first()
    if user is None or has_entry(
        "user", str(user.pk), verb="locked_out", since=now - LOCK_OUT_LASTS
    ):
        return
    record(at=now, actor=ANYONE, verb="locked_out", object_kind="user", object_id=str(user.pk))


def _note_session(verb: str, user: User, now: datetime) -> None:
    record(
        at=now,
        actor=user_actor(user.pk),
        verb=verb,
        object_kind="user",
        object_id=str(user.pk),
    )


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise PasswordWeak from error

"""Coming in, going out, and the page where each role begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cordee.accounts.models import User
from cordee.accounts.permissions import PUBLIC, SIGNED_IN, permits
from cordee.accounts.rules import LOCK_OUT_LASTS, Role, normal_email
from cordee.accounts.services import note_lock_out, note_log_in, note_log_out
from cordee.web.entrance.forms import LogInForm

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm
    from django.http import HttpRequest, HttpResponse

HOMES = {
    Role.HOST: "desk",
    Role.AGENT: "guichet",
    Role.MANAGER: "partner",
    Role.TECHNICIAN: "fleet",
}


def home_of(user: object) -> str:
    """Return the address where this person's work begins."""
    name = HOMES.get(Role(user.role), "home") if isinstance(user, User) else "landing"
    return reverse(name)


@permits(PUBLIC)
class LogIn(LoginView):
    """Ask for address and password, then open the page of the person's role."""

    template_name = "web/connexion.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Open the session, and write it down."""
        response: HttpResponse = super().form_valid(form)
        if isinstance(self.request.user, User):
            note_log_in(user=self.request.user, now=timezone.now())
        return response

    def get_default_redirect_url(self) -> str:
        """Go to the home of the role when no other page was asked for."""
        return home_of(self.request.user)


log_in = LogIn.as_view()


@permits(PUBLIC)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Close the session."""
    if isinstance(request.user, User):
        note_log_out(user=request.user, now=timezone.now())
    logout(request)
    return redirect("log_in")


@permits(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where their work begins; say so when there is no such page yet."""
    if isinstance(request.user, User) and Role(request.user.role) not in HOMES:
        return render(request, "web/no_page.html")
    return redirect(home_of(request.user))


def account_tried(request: HttpRequest | None, credentials: dict[str, str] | None) -> str:
    """Return whose log-in is tried (the signature is django-axes'): accounts ignore case."""
    typed = (credentials or {}).get("username")
    if typed is None and request is not None:
        typed = request.POST.get("username")
    return normal_email(typed or "")


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Answer a log-in after too many wrong passwords (the signature is django-axes')."""
    note_lock_out(email=account_tried(request, None), now=timezone.now())
    response = render(request, "web/locked.html", status=429)
    response.headers["Retry-After"] = str(int(LOCK_OUT_LASTS.total_seconds()))
    return response

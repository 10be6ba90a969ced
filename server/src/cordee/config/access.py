"""The door: no view is entered whose permission was not declared and held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, JsonResponse

from cordee.accounts.permissions import may_enter, permission_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class AccessMiddleware:
    """Asks each view for its `permission` (`accounts.permissions.permits`) and checks it.

    A page sends an unknown person to the log-in, and says 403 to a person without the right;
    an address under `/api/` answers both in JSON.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; the check happens once the view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],  # noqa: ARG002 - Django's signature
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse entry, or return None to let the view answer.

        Nothing has a NUL character in its name, and PostgreSQL takes none: it is not found.
        """
        permission = permission_of(view)
        if permission is None:
            name = f"{view.__module__}.{getattr(view, '__qualname__', view)}"
            raise ImproperlyConfigured(
                f"{name} declares no permission: add @permits(…) of cordee.accounts.permissions."
            )
        if may_enter(request.user, permission):
            if any("\0" in part for part in kwargs.values() if isinstance(part, str)):
                return _not_found(request)
            return None
        if request.path.startswith("/api/"):
            return _refused_json(is_known=request.user.is_authenticated)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def _not_found(request: HttpRequest) -> JsonResponse:
    if not request.path.startswith("/api/"):
        raise Http404
    body = {"code": "not_found", "message": "Introuvable : cette adresse n’existe pas."}
    return JsonResponse(body, status=404)


def _refused_json(*, is_known: bool) -> JsonResponse:
    if is_known:
        body = {"code": "forbidden", "message": "Votre compte ne permet pas de voir cela."}
        return JsonResponse(body, status=403)
    body = {"code": "signed_out", "message": "Reconnectez-vous, puis recommencez."}
    return JsonResponse(body, status=401)

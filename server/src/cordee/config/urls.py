"""Addresses."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("cordee.api.urls")),
    path("", include("cordee.web.urls")),
]

"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from cordee.api import agents, health, kiosks

urlpatterns = [
    path("healthz", health.healthz),
    path("api/kiosk/enrol", kiosks.enrol),
    path("api/kiosk/pages", kiosks.offer_page),
    path("api/kiosk/pages/<str:page>", kiosks.page),
    path("api/keys", agents.keys),
    path("api/visits/<str:visit>/pages", agents.pages),
    path("api/visits/<str:visit>/outcome", agents.outcome),
    path("api/pages/<str:page>", agents.page),
    path("api/pages/<str:page>/acknowledge", agents.acknowledge),
]

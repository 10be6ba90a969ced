"""Where: the département, its communes, the places that receive people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Territory(models.Model):
    """A département; every site and figure belongs to one."""

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Commune(models.Model):
    """A commune, by its INSEE code."""

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    insee_code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Site(models.Model):
    """A place that receives people. `phone` is always on its kiosks' screens.

    `relay_only` makes every call from here go through the TURN relay.
    """

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    room = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=24)
    relay_only = models.BooleanField(default=False)

    class Meta:
        """One name a commune."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commune", "name"], name="one_site_name_a_commune")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

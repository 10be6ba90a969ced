"""Where: the département, its communes, the places that receive people."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from cordee.accounts.models import User
from cordee.kernel.cells import DAY_MIN, WeeklyRule
from cordee.kernel.period import Period


class Territory(models.Model):
    """A département; every site and figure belongs to one.

    `school_zone` is its zone of the school holidays (A, B, C), empty when they change nothing.
    """

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    school_zone = models.CharField(max_length=1, blank=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Commune(models.Model):
    """A commune, by its INSEE code.

    `latitude` and `longitude` (WGS 84, degrees) are its centre; `altitude_m` that of its town
    hall. What is unknown is None.
    """

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    insee_code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=80)
    population = models.PositiveIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    altitude_m = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Site(models.Model):
    """A place that receives people. `phone` is always on its kiosks' screens.

    `relay_only` makes every call from here go through the TURN relay. `latitude` and `longitude`
    are those of its door, None when only the commune's are known. `turnover_min` is how long the
    kiosk rests after a visit (wipe, airing). `calendar_token` opens its iCal feed; empty: none.
    """

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    room = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=24)
    relay_only = models.BooleanField(default=False)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    access_note = models.TextField(blank=True)
    is_wheelchair_accessible = models.BooleanField(default=False)
    has_confidential_room = models.BooleanField(default=True)
    turnover_min = models.PositiveSmallIntegerField(default=10)
    closes_on_public_holidays = models.BooleanField(default=True)
    closes_in_school_holidays = models.BooleanField(default=False)
    calendar_token = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        """One name a commune."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commune", "name"], name="one_site_name_a_commune")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class WeeklyHours(models.Model):
    """Every week on `weekday` (Monday 0), in local minutes after midnight.

    `since_on` and `until_on` are the first and the last day on which it counts; None: always.
    """

    weekday = models.PositiveSmallIntegerField()
    start_min = models.PositiveSmallIntegerField()
    end_min = models.PositiveSmallIntegerField()
    since_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        """Opens before it closes, within a day."""

        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, start_min__lt=F("end_min"), end_min__lte=DAY_MIN),
                name="%(class)s_is_a_stretch_of_a_day",
            )
        ]

    def __str__(self) -> str:
        """Return the weekday's number and the hours."""
        return f"{self.weekday} {self.start_min}-{self.end_min}"

    @classmethod
    def following(cls, rule: WeeklyRule, **owner: Any) -> Self:
        """Return an unsaved row of this rule; `owner` names whose hours they are."""
        return cls(
            weekday=rule.weekday,
            start_min=rule.start_min,
            end_min=rule.end_min,
            since_on=rule.since,
            until_on=rule.until,
            **owner,
        )

    def rule(self) -> WeeklyRule:
        """Return what the slot engine reads."""
        return WeeklyRule(self.weekday, self.start_min, self.end_min, self.since_on, self.until_on)


class SiteHours(WeeklyHours):
    """When a site is open to the public."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="hours")


class Span(models.Model):
    """A stretch of time with a word about it."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        """Ends after it starts."""

        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        """Return when it is."""
        return f"{self.starts_at:%Y-%m-%d %H:%M} - {self.ends_at:%Y-%m-%d %H:%M}"

    def period(self) -> Period:
        """Return what the slot engine reads."""
        return Period(self.starts_at, self.ends_at)


class SiteClosure(Span):
    """When a site is closed although its hours say otherwise."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="closures")


class TravelTime(models.Model):
    """Minutes by road from a commune to a site, from a table; they replace the estimate."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        """One figure a pair."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commune", "site"], name="one_travel_time_a_pair")
        ]

    def __str__(self) -> str:
        """Return the minutes."""
        return f"{self.minutes} min"


class Posting(models.Model):
    """A host works at a site, and sees that site only. A host may be posted at several."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")

    class Meta:
        """Once a site."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "site"], name="one_posting_a_host_and_site")
        ]

    def __str__(self) -> str:
        """Return who and where."""
        return f"{self.user} ({self.site})"

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Max
from django.utils import timezone

from cordee.appointments.citizens import person_key


def end_second_entries(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let nobody wait twice who did before that was refused: the entry that is known goes on.

    A second one ends now, or with what is offered by it. When the known one is over, the second is
    known: whoever has booked is then off the list (`leaving.end_idle`).
    """
    now = timezone.now()
    entries = apps.get_model("appointments", "WaitingEntry").objects
    offers = apps.get_model("appointments", "Offer").objects
    second = entries.filter(closed_at=None, person_key=None, until_at__gt=now)
    for entry in second.order_by("entered_at", "pk"):
        contact = entry.citizen_email or entry.citizen_phone
        key = person_key(reason_id=entry.reason_id, name=entry.citizen, contact=contact)
        if key is None:
            continue
        entries.filter(person_key=key, until_at__lte=now).update(person_key=None)
        if entries.filter(person_key=key).exists():
            kept = offers.filter(entry=entry, answered_at=None, expires_at__gt=now)
            until = kept.aggregate(until=Max("expires_at"))["until"]
            entries.filter(pk=entry.pk).update(until_at=until or now)
        else:
            entries.filter(pk=entry.pk).update(person_key=key)


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0012_waiting_companions'),
    ]

    operations = [
        migrations.RunPython(end_second_entries, migrations.RunPython.noop),
    ]

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cordee.appointments.citizens import person_key


def name_who_waits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let whoever waits be known; of two entries for one person the earlier one is."""
    entries = apps.get_model("appointments", "WaitingEntry").objects
    known = set()
    for entry in entries.filter(closed_at=None).order_by("entered_at", "pk"):
        contact = entry.citizen_email or entry.citizen_phone
        key = person_key(reason_id=entry.reason_id, name=entry.citizen, contact=contact)
        if key is not None and key not in known:
            known.add(key)
            entries.filter(pk=entry.pk).update(person_key=key)


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0009_by_hand'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingentry',
            name='key',
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='person_key',
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
        migrations.RunPython(name_who_waits, migrations.RunPython.noop),
    ]

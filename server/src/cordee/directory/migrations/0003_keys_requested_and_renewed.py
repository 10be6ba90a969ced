"""Keep the agents' proofs, and when their certificates end."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import migrations, models


def note_ends(apps: Any, _editor: Any) -> None:
    """Write down the end that each certificate in use says."""
    for key in apps.get_model("directory", "AgentKey").objects.exclude(certificate=None):
        text = key.certificate["body"]
        body = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key.expires_at = datetime.fromtimestamp(body["not_after"], UTC)
        key.save(update_fields=["expires_at"])


class Migration(migrations.Migration):
    """Three columns, one of them filled."""

    dependencies: ClassVar = [("directory", "0002_hours_and_places")]
    operations: ClassVar = [
        migrations.AddField("agentkey", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("agentkey", "proof", models.CharField(blank=True, max_length=86, default=""), preserve_default=False),
        migrations.AddField("agentkey", "renewal_asked_at", models.DateTimeField(null=True)),
        migrations.RunPython(note_ends, migrations.RunPython.noop),
    ]

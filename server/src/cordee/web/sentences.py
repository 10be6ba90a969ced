"""What sockets say to a page in its language: named here, where the catalogue looks for sentences.

The French is each sentence's own, defined where it is said; a test holds both equal.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

SAID_BY_SOCKETS = (
    gettext_noop("Ce rendez-vous n’est pas le vôtre. Revenez à vos rendez-vous."),
    gettext_noop("Ce rendez-vous est ouvert dans une autre fenêtre. Continuez là-bas."),
)

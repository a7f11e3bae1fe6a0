"""What waits at the doors of the workshops: refused departures, vouchers taken for nobody."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain import clock
from repit.domain.attendance import alerts
from repit.domain.reports.todo import Counts
from repit.web import database
from repit.web.operators.home_task import Task


def presence_tasks(found: Counts) -> list[Task]:
    """Return both, the one about a child first."""
    for_nobody = _for_nobody() if found.maybe_for_nobody else 0
    return [
        Task(
            found.refused_departures,
            ngettext("remise refusée", "remises refusées", found.refused_departures),
            _("une personne bloquée, ou un nom qui y ressemble, a demandé un enfant"),
            url_for("operators_alerts.list_alerts"),
            "ban",
            "bad",
        ),
        Task(
            for_nobody,
            ngettext(
                "enfant absent, chèques encaissés", "enfants absents, chèques encaissés", for_nobody
            ),
            _("la note et l’encaissement se contredisent : demandez au prestataire"),
            url_for("operators_alerts.list_alerts", _anchor="encaisses"),
            "alert-triangle",
            "warn",
        ),
    ]


def _for_nobody() -> int:
    return len(alerts.taken_for_nobody(database.session(), now=clock.now()))

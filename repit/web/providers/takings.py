"""What a provider took: one receipt, the list by month, a file of it, and taking one back."""

from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.errors import DomainError
from repit.domain.redemptions import reverse, takings
from repit.domain.redemptions.takings import PAGE, Taken
from repit.domain.retrying import retrying
from repit.web import categories, database
from repit.web.access import actor
from repit.web.exports import Value, csv_file, euros
from repit.web.fields import day_typed
from repit.web.forms import RepitForm, received
from repit.web.providers.forms import as_uuid
from repit.web.providers.frame import provider_id, room
from repit.web.wording import word

blueprint = room("provider_takings", "/prestataire/encaissements")


@blueprint.get("")
def listing() -> ResponseReturnValue:
    db, month = database.session(), _month(request.args.get("mois"))
    before = as_uuid(request.args.get("avant"))
    found = takings.last_taken(db, provider_id(), before=before, month=month, limit=PAGE + 1)
    return render_template(
        "providers/takings.html",
        takings=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        older=before is not None,
        months=takings.months(db, provider_id()),
        month=month,
        now=clock.now(),
    )


@blueprint.get("/<uuid:redemption_id>")
def one(redemption_id: UUID) -> ResponseReturnValue:
    taken = takings.one_taken(database.session(), redemption_id, provider_id=provider_id())
    if taken is None:
        abort(404)
    return render_template("providers/taking.html", taken=taken, now=clock.now())


@blueprint.post("/<uuid:redemption_id>/annuler")
def undo(redemption_id: UUID) -> ResponseReturnValue:
    form = RepitForm(received())
    if not form.validate():
        flash(str(form["csrf_token"].errors[0]), "refused")
        return redirect(url_for(".one", redemption_id=redemption_id), 303)
    try:
        retrying(lambda: _undo(redemption_id))
    except DomainError as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(url_for(".one", redemption_id=redemption_id), 303)


@blueprint.get("/<mois>.csv")
def month_file(mois: str) -> ResponseReturnValue:
    month = _month(mois)
    if month is None:
        abort(404)
    found = takings.last_taken(database.session(), provider_id(), month=month, limit=None)
    columns = (
        gettext("Encaissé le"), gettext("Jour de la prestation"), gettext("Prestation"),
        gettext("Prénom"), gettext("Minutes"), gettext("Séances"), gettext("Chèques"),
        gettext("Montant (€)"), gettext("Participation de la famille (€)"), gettext("État"),
        gettext("Paiement prévu au plus tard le"), gettext("Payé le"), gettext("Annulé le"),
        gettext("Référence"),
    )  # fmt: skip
    return csv_file(f"encaissements-{mois}", columns, [_line(taken) for taken in found])


def _undo(redemption_id: UUID) -> None:
    db = database.session()
    with unit_of_work(db):
        reverse.undo(db, redemption_id, provider_id=provider_id(), actor=actor(), now=clock.now())


def _month(text: str | None) -> date | None:
    """Return the first day of a month written « 2026-03 »."""
    return day_typed(f"{text}-01")


def _line(taken: Taken) -> list[Value]:
    states = {
        "reversed": gettext("annulé"),
        "paid": gettext("payé"),
        "live": gettext("à payer"),
    }
    return [
        taken.received_at,
        taken.service_on,
        categories.name(taken.category),
        taken.first_name,
        taken.minutes,
        taken.sessions,
        taken.vouchers,
        euros(taken.amount),
        euros(taken.family_share),
        states[taken.state],
        taken.paid_by_on if taken.state == "live" else None,
        taken.paid_on,
        taken.reversed_at,
        str(taken.id),
    ]

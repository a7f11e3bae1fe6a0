"""The money of a fund: what arrived, with a receipt, and the transfers behind each number."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from repit.domain import clock
from repit.domain.programmes import contribution_queries, contributions, queries
from repit.domain.programmes.contribution_queries import ArrivalView
from repit.domain.programmes.queries import FundView
from repit.domain.reports.movements import MovementView, movements
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.forms import received
from repit.web.operators.acting import made, today
from repit.web.operators.contribution_forms import beside_arrival
from repit.web.operators.fund_forms import ContributionForm
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page

blueprint = room("operators_fund_money", __name__, "/porteur/enveloppes/<public_id>")

NUMBERS = {
    # in the address: number of the ledger, its name, what it means
    "verse": ("funded", lazy_gettext("Versé"), lazy_gettext("Reçu du financeur.")),
    "disponible": (
        "available",
        lazy_gettext("Disponible"),
        lazy_gettext("Ni promis ni dépensé : de quoi émettre des chèques."),
    ),
    "engage": (
        "committed",
        lazy_gettext("Engagé"),
        lazy_gettext("Promis par des chèques émis et pas encore dépensés."),
    ),
    "du": (
        "due",
        lazy_gettext("Dû"),
        lazy_gettext("Encaissé par des prestataires et pas encore payé."),
    ),
    "en-virement": (
        "in_transit",
        lazy_gettext("En virement"),
        lazy_gettext("Parti vers les prestataires, pas encore confirmé par la banque."),
    ),
    "paye": ("paid", lazy_gettext("Payé"), lazy_gettext("Viré aux prestataires.")),
    "rendu": ("returned", lazy_gettext("Rendu"), lazy_gettext("Rendu au financeur.")),
    "manque": (
        "lost",
        lazy_gettext("Manque"),
        lazy_gettext("Repris par la banque du financeur, ou dû par un prestataire et abandonné."),
    ),
}
KINDS = {
    "fund": lazy_gettext("Versement reçu"),
    "issue": lazy_gettext("Chèque émis"),
    "redeem": lazy_gettext("Chèque encaissé"),
    "reverse": lazy_gettext("Encaissement annulé"),
    "expire": lazy_gettext("Chèque périmé"),
    "cancel": lazy_gettext("Chèque annulé"),
    "batch": lazy_gettext("Mis en virement"),
    "settle": lazy_gettext("Payé au prestataire"),
    "reject": lazy_gettext("Virement refusé, dû à nouveau"),
    "bounce": lazy_gettext("Virement revenu de la banque"),
    "recover": lazy_gettext("Repris sur ce qui est dû"),
    "repay": lazy_gettext("Rendu par le prestataire"),
    "write_off": lazy_gettext("Somme due par un prestataire, abandonnée"),
    "return": lazy_gettext("Reste rendu au financeur"),
    "dispute": lazy_gettext("Versement repris par la banque"),
    "cover": lazy_gettext("Manque comblé"),
    "share_in": lazy_gettext("Participation reçue d’une famille"),
    "share_due": lazy_gettext("Participation due au prestataire"),
    "share_undo": lazy_gettext("Participation reprise au prestataire"),
    "share_back": lazy_gettext("Participation rendue à une famille"),
}


@blueprint.app_template_filter("transfer_kind")
def transfer_kind(kind: str) -> str:
    """Return « Chèque émis »."""
    return str(KINDS[kind])


@blueprint.app_template_filter("moved_by")
def moved_by(movement: MovementView) -> str:
    """Return who made the transfer: a name, or what it was when it was nobody."""
    others = {"device": _("un appareil"), "job": _("travail automatique")}
    return movement.who or others.get(movement.actor.partition(":")[0], _("commande"))


@blueprint.route("/versement", methods=["GET", "POST"])
def receive(public_id: str) -> ResponseReturnValue:
    fund = queries.fund(database.session(), public_id)
    form = ContributionForm(received(), received_on=today())
    entered: list[int] = []
    if request.method == "POST" and made(
        form,
        lambda db: entered.append(
            contributions.receive(db, fund.id, form.gift(), actor=actor(), now=clock.now())
        ),
        beside=beside_arrival,
    ):
        flash(_("Le versement est enregistré."), "done")
        here = url_for(".show_receipt", public_id=public_id, arrival_id=entered[-1])
        return redirect(here, 303)
    page = render_template("operators/funds/receive.html", form=form, fund=fund)
    return page, 422 if form.errors else 200


@blueprint.get("/versements")
def list_contributions(public_id: str) -> ResponseReturnValue:
    db = database.session()
    fund = queries.fund(db, public_id)
    found = contribution_queries.arrivals(db, fund.id, number=wanted_page())
    if exporting():
        return _contributions_csv(found.items)
    words = ngettext("%(num)s somme reçue", "%(num)s sommes reçues", found.total)
    return render_template(
        "operators/funds/contributions.html", fund=fund, found=found, count_words=words
    )


def _contributions_csv(rows: list[ArrivalView]) -> ResponseReturnValue:
    columns = [
        _("Reçue le"), _("Montant"), _("Repris"), _("Référence"), _("Note"), _("Entrée le"),
    ]  # fmt: skip
    lines = [
        (
            row.received_on,
            euros(row.amount),
            euros(row.taken_back),
            row.reference,
            row.note,
            row.created_at,
        )
        for row in rows
    ]
    return csv_file("sommes-recues", columns, lines)


@blueprint.get("/versements/<int:arrival_id>")
def show_receipt(public_id: str, arrival_id: int) -> ResponseReturnValue:
    db = database.session()
    fund = queries.fund(db, public_id)
    gift = contribution_queries.arrival(db, fund.id, arrival_id)
    return render_template("operators/funds/receipt.html", fund=fund, gift=gift)


@blueprint.get("/mouvements/<name>")
def list_movements(public_id: str, name: str) -> ResponseReturnValue:
    if name not in NUMBERS:
        abort(404)
    db = database.session()
    fund = queries.any_fund(db, public_id)
    number, title, meaning = NUMBERS[name]
    found = movements(db, fund.id, number, page=wanted_page())
    if exporting():
        return _movements_csv(f"mouvements-{name}", found.items)
    return render_template(
        "operators/funds/movements.html",
        fund=fund,
        found=found,
        title=title,
        meaning=meaning,
        value=getattr(queries.numbers_of(db, [fund])[fund.id], number),
        faces=_faces(fund, name),
        count_words=ngettext(
            "%(count)s mouvement",
            "%(count)s mouvements",
            found.total,
            count=formats.number(found.total),
        ),
    )


def _faces(fund: FundView, name: str) -> list[tuple[str, str, bool, None]]:
    return [
        (
            url_for(".list_movements", public_id=fund.public_id, name=other),
            str(title),
            other == name,
            None,
        )
        for other, (_number, title, _meaning) in NUMBERS.items()
    ]


def _movements_csv(name: str, rows: list[MovementView]) -> ResponseReturnValue:
    columns = [
        _("Date"), _("Mouvement"), _("Montant"), _("Prestataire"), _("Référence"),
        _("Chèque"), _("Encaissement"), _("Par"),
    ]  # fmt: skip
    lines = [
        (
            row.at,
            transfer_kind(row.kind),
            euros(row.amount),
            row.provider,
            row.reference,
            row.voucher,
            str(row.redemption_id) if row.redemption_id else None,
            moved_by(row),
        )
        for row in rows
    ]
    return csv_file(name, columns, lines)

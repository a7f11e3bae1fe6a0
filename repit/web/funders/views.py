"""A funder's own funds: the money to the cent, and the releases of each."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from repit.domain import clock
from repit.domain.programmes import contribution_queries
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.contribution_queries import ContributionFilter, ContributionView
from repit.domain.releases import published
from repit.domain.reports import own_funds as reports
from repit.domain.reports.own_funds import FundPage
from repit.web import categories, database
from repit.web.exports import Value, csv_file, euros
from repit.web.funders.room import funder_id, room
from repit.web.online import pays_online

MONEY = (
    ("funded", lazy_gettext("Versé"), lazy_gettext("Ce que vous avez versé en tout.")),
    (
        "available",
        lazy_gettext("Disponible"),
        lazy_gettext("Ce qui peut encore devenir des chèques."),
    ),
    (
        "committed",
        lazy_gettext("Engagé"),
        lazy_gettext("La valeur des chèques émis que les parents n’ont pas encore utilisés."),
    ),
    (
        "due",
        lazy_gettext("Dû"),
        lazy_gettext("Ce que les prestataires ont encaissé et qui ne leur est pas encore payé."),
    ),
    (
        "in_transit",
        lazy_gettext("En virement"),
        lazy_gettext("Ce qui est parti vers les prestataires et n’est pas encore confirmé."),
    ),
    ("paid", lazy_gettext("Payé"), lazy_gettext("Ce que les prestataires ont reçu.")),
    ("returned", lazy_gettext("Rendu"), lazy_gettext("Ce qui vous a été rendu.")),
)
blueprint = room("funders", __name__, "/financeur")


@blueprint.get("/")
def own_funds() -> ResponseReturnValue:
    funds = reports.own_funds(database.session(), funder_id())
    return render_template("funders/funds.html", funds=funds, names=categories.names)


@blueprint.get("/enveloppes/<public_id>")
def fund(public_id: str) -> ResponseReturnValue:
    db = database.session()
    page = reports.fund_page(db, funder_id(), public_id)
    if "csv" in request.args:
        return csv_file("enveloppe", [_("Indicateur"), _("Valeur"), _("Définition")], _rows(page))
    return render_template(
        "funders/fund.html",
        page=page,
        to_pay=_to_pay(public_id),
        money=[(label, getattr(page.fund.numbers, key), says) for key, label, says in MONEY],
        releases=published.own_releases(db, funder_id(), fund=public_id),
        computed_at=clock.now(),
        names=categories.names,
    )


def _to_pay(fund_public_id: str) -> list[ContributionView]:
    """Return the promises of a fund of this funder's that can be paid online."""
    if not pays_online():
        return []
    db = database.session()
    wanted = ContributionFilter(
        fund_id=programmes.fund(db, fund_public_id).id, standing="missing", open_only=True
    )
    return contribution_queries.contributions(db, wanted).items


def _rows(page: FundPage) -> list[tuple[Value, ...]]:
    return [
        (str(label), euros(getattr(page.fund.numbers, key)), str(says))
        for key, label, says in MONEY
    ]

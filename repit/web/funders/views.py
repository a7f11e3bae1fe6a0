"""A funder's own funds: the money to the cent, and the counts that may be shown."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from repit.domain import clock
from repit.domain.programmes import contribution_queries
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.contribution_queries import ContributionFilter, ContributionView
from repit.domain.reports import queries
from repit.domain.reports.disclosure import LEAST_HOUSEHOLDS
from repit.domain.reports.queries import FundPage
from repit.web import categories, database
from repit.web.access import require, visitor
from repit.web.exports import Value, csv_file, euros
from repit.web.navigation import Entry
from repit.web.online import pays_online

NAVIGATION = (Entry("funders.own_funds", lazy_gettext("Mes enveloppes"), "wallet"),)

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
COUNTS = (
    (
        "households",
        lazy_gettext("Foyers aidés"),
        lazy_gettext("Foyers différents qui ont reçu au moins un chèque de cette enveloppe."),
    ),
    (
        "isolated",
        lazy_gettext("dont parents isolés"),
        lazy_gettext("Foyers dont le parent était isolé quand ses chèques ont été émis."),
    ),
    (
        "priority_area",
        lazy_gettext("dont quartiers prioritaires"),
        lazy_gettext("Foyers dont le parent habite un quartier prioritaire."),
    ),
    (
        "issued",
        lazy_gettext("Chèques émis"),
        lazy_gettext("Chèques remis aux parents, sans ceux qui ont été annulés."),
    ),
    ("used", lazy_gettext("Chèques utilisés"), lazy_gettext("Chèques encaissés.")),
    (
        "waiting",
        lazy_gettext("Chèques en attente"),
        lazy_gettext("Chèques que les parents peuvent encore utiliser."),
    ),
    (
        "lapsed",
        lazy_gettext("Chèques périmés"),
        lazy_gettext("Chèques non utilisés à temps ; leur valeur est revenue à l’enveloppe."),
    ),
    (
        "providers",
        lazy_gettext("Prestataires"),
        lazy_gettext("Prestataires différents qui ont encaissé ; caché s’ils sont moins de 3."),
    ),
)

blueprint = Blueprint("funders", __name__, url_prefix="/financeur")
blueprint.before_request(require("funder"))


@blueprint.context_processor
def around() -> dict[str, object]:
    """Return what the layout shows around a funder's page."""
    here = visitor()
    return {"nav": NAVIGATION, "signed_in": True, "person_label": here.place or here.name}


@blueprint.get("/")
def own_funds() -> ResponseReturnValue:
    funds = queries.own_funds(database.session(), _funder_id())
    return render_template("funders/funds.html", funds=funds, names=categories.names)


@blueprint.get("/enveloppes/<public_id>")
def fund(public_id: str) -> ResponseReturnValue:
    page = queries.fund_page(database.session(), _funder_id(), public_id)
    if "csv" in request.args:
        return csv_file("enveloppe", [_("Indicateur"), _("Valeur"), _("Définition")], _rows(page))
    return render_template(
        "funders/fund.html",
        page=page,
        to_pay=_to_pay(public_id),
        money=[(label, getattr(page.fund.numbers, key), says) for key, label, says in MONEY],
        counts=[(label, getattr(page.counts, key), says) for key, label, says in COUNTS],
        least=LEAST_HOUSEHOLDS,
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
    amounts: list[tuple[Value, ...]] = [
        (str(label), euros(getattr(page.fund.numbers, key)), str(says))
        for key, label, says in MONEY
    ]
    hidden = _("moins de %(least)s", least=LEAST_HOUSEHOLDS)
    counts: list[tuple[Value, ...]] = []
    for key, label, says in COUNTS:
        value = getattr(page.counts, key)
        few = _("moins de 3") if key == "providers" else hidden
        counts.append((str(label), few if value is None else value, str(says)))
    return amounts + counts


def _funder_id() -> int:
    found = visitor().funder_id
    if found is None:
        abort(404)
    return found

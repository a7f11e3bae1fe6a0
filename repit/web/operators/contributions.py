"""Contributions: what is promised, what arrived of it, what is missing, and the call for funds."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.errors import NoSuchObject
from repit.domain.programmes import contribution_queries, contributions, queries
from repit.domain.programmes.contribution_queries import ArrivalView, ContributionView
from repit.domain.programmes.references import spaced
from repit.domain.programmes.rules import Standing, Way
from repit.web import calls, database, formats
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories
from repit.web.operators.acting import made, today
from repit.web.operators.contribution_forms import (
    WRONG_DAYS,
    ArrivalForm,
    ContributionSearch,
    PromiseForm,
    TakeBackForm,
    beside_arrival,
)
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm

blueprint = room("operators_contributions", __name__, "/porteur/versements")

STANDINGS = {
    # how a promise stands: its words and their tone
    Standing.PROMISED: (lazy_gettext("Promis"), ""),
    Standing.PART: (lazy_gettext("Reçu en partie"), "warn"),
    Standing.RECEIVED: (lazy_gettext("Reçu"), "ok"),
    Standing.OVER: (lazy_gettext("Reçu en trop"), "warn"),
    Standing.RETURNED: (lazy_gettext("Repris"), "bad"),
    Standing.CANCELLED: (lazy_gettext("Annulé"), ""),
}
WAYS = {
    Way.HAND: lazy_gettext("saisi"),
    Way.TRANSFER: lazy_gettext("virement"),
    Way.CARD: lazy_gettext("carte"),
    Way.SEPA_DEBIT: lazy_gettext("prélèvement"),
}

blueprint.add_app_template_filter(STANDINGS.__getitem__, "standing_words")
blueprint.add_app_template_filter(WAYS.__getitem__, "way_words")
blueprint.add_app_template_filter(spaced, "spaced_reference")


@blueprint.get("/")
def list_contributions() -> ResponseReturnValue:
    db = database.session()
    form = ContributionSearch(request.args)
    wanted = form.wanted()
    found = contribution_queries.contributions(db, wanted, number=wanted_page())
    if exporting():
        return _csv(found.items)
    return render_template(
        "operators/contributions/list.html",
        form=form,
        found=found,
        sums=contribution_queries.expected(db, wanted),
        today=today(),
        count_words=ngettext("%(num)s versement", "%(num)s versements", found.total),
    )


def _csv(rows: list[ContributionView]) -> ResponseReturnValue:
    columns = [
        _("Référence"), _("Financeur"), _("Enveloppe"), _("Dispositif"), _("Convention"),
        _("Attendu le"), _("Promis"), _("Reçu"), _("Il manque"), _("En trop"), _("État"),
    ]  # fmt: skip
    lines = [
        (
            row.reference,
            row.funder_name,
            row.fund_title,
            row.programme_name,
            row.promised.agreement,
            row.promised.due_on,
            euros(row.amount),
            euros(row.received),
            euros(row.missing),
            euros(row.over),
            str(STANDINGS[row.standing][0]),
        )
        for row in rows
    ]
    return csv_file("versements-promis", columns, lines)


@blueprint.route("/promettre/<public_id>", methods=["GET", "POST"])
def promise(public_id: str) -> ResponseReturnValue:
    fund = queries.fund(database.session(), public_id)
    form = PromiseForm(received())
    promised: list[str] = []
    if request.method == "POST" and made(
        form,
        lambda db: promised.append(
            contributions.promise(db, fund.id, form.promise(), actor=actor(), now=clock.now())
        ),
        beside="amount",
    ):
        flash(_("Le versement promis est noté. Envoyez maintenant l’appel de fonds."), "done")
        return redirect(url_for(".show", public_id=promised[-1]), 303)
    page = render_template("operators/contributions/promise.html", form=form, fund=fund, one=None)
    return page, 422 if form.errors else 200


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    return _page(public_id)


def _page(public_id: str, refused: RepitForm | None = None) -> ResponseReturnValue:
    db = database.session()
    one = contribution_queries.contribution(db, public_id)
    arrived = contribution_queries.arrivals(db, one.fund_id, contribution_id=one.id).items
    page = render_template(
        "operators/contributions/show.html",
        one=one,
        arrived=arrived,
        returned=contribution_queries.returns(db, [row.id for row in arrived]),
        late=one.late(today()),
        motive_form=refused or MotiveForm(),
        form=refused,
        entries=histories.entries(history(db, [("contribution", one.id)], limit=40)),
    )
    return page, 422 if refused else 200


@blueprint.route("/<public_id>/changer", methods=["GET", "POST"])
def change(public_id: str) -> ResponseReturnValue:
    one = contribution_queries.contribution(database.session(), public_id)
    fund = queries.fund(database.session(), one.fund_public_id)
    form = PromiseForm(received(), data=vars(one.promised))
    if request.method == "POST" and made(
        form,
        lambda db: contributions.change_promise(
            db, one.id, form.promise(), actor=actor(), now=clock.now()
        ),
        beside="amount",
    ):
        flash(_("Le versement promis est modifié."), "done")
        return redirect(url_for(".show", public_id=public_id), 303)
    page = render_template("operators/contributions/promise.html", form=form, fund=fund, one=one)
    return page, 422 if form.errors else 200


ACTS = {
    "annuler": (contributions.cancel, lazy_gettext("Ce versement n’est plus attendu.")),
    "retablir": (contributions.restore, lazy_gettext("Ce versement est de nouveau attendu.")),
}


@blueprint.post("/<public_id>/<any(annuler, retablir):act>")
def cancel_or_restore(public_id: str, act: str) -> ResponseReturnValue:
    one = contribution_queries.contribution(database.session(), public_id)
    service, words = ACTS[act]
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: service(
            db, one.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _page(public_id, form)
    flash(str(words), "done")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.route("/<public_id>/recu", methods=["GET", "POST"])
def arrive(public_id: str) -> ResponseReturnValue:
    one = contribution_queries.contribution(database.session(), public_id)
    form = ArrivalForm(received(), received_on=today(), amount=one.missing or None)
    if request.method == "POST" and made(
        form,
        lambda db: contributions.arrive(
            db, one.id, form.received(), actor=actor(), now=clock.now()
        ),
        beside=beside_arrival,
    ):
        flash(_("La somme reçue est enregistrée."), "done")
        return redirect(url_for(".show", public_id=public_id), 303)
    page = render_template("operators/contributions/arrive.html", form=form, one=one)
    return page, 422 if form.errors else 200


@blueprint.route("/<public_id>/sommes/<int:arrival_id>/reprise", methods=["GET", "POST"])
def take_back(public_id: str, arrival_id: int) -> ResponseReturnValue:
    db = database.session()
    one = contribution_queries.contribution(db, public_id)
    arrival = _arrival_of(one, arrival_id)
    form = TakeBackForm(received(), returned_on=today(), amount=arrival.left or None)
    if request.method == "POST" and made(
        form,
        lambda db: contributions.take_back(
            db, arrival.id, form.taken_back(), actor=actor(), now=clock.now()
        ),
        beside=lambda refusal: "returned_on" if refusal.code in WRONG_DAYS else "amount",
    ):
        flash(_("La somme est notée comme reprise."), "done")
        return redirect(url_for(".show", public_id=public_id), 303)
    page = render_template(
        "operators/contributions/take_back.html", form=form, one=one, arrival=arrival
    )
    return page, 422 if form.errors else 200


def _arrival_of(one: ContributionView, arrival_id: int) -> ArrivalView:
    found = contribution_queries.arrival(database.session(), one.fund_id, arrival_id)
    if found.contribution_id != one.id:
        raise NoSuchObject
    return found


@blueprint.get("/<public_id>/appel")
def call(public_id: str) -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    one = contribution_queries.contribution(db, public_id)
    account = calls.account_for(db, one, now)
    if request.args.get("format") == "pdf":
        return calls.as_pdf(one, account, now)
    return render_template(
        "operators/contributions/call.html", one=one, account=account, day=today()
    )


@blueprint.app_template_filter("missing_words")
def missing_words(one: ContributionView) -> str:
    """Return « il manque 50,00 € », or what else is true of a promise; nothing when it is kept."""
    if one.missing:
        return _("il manque %(amount)s", amount=formats.money(one.missing))
    return _("%(amount)s en trop", amount=formats.money(one.over)) if one.over else ""

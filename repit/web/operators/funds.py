"""Funds: the list, opening one, its numbers, what it may be used for, closing it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.categories import ALL_CATEGORIES, from_bits
from repit.domain.programmes import contribution_queries, funds, queries
from repit.domain.programmes.contribution_queries import ContributionFilter
from repit.domain.programmes.queries import FundView
from repit.web import categories, database
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories
from repit.web.operators.acting import made, today
from repit.web.operators.fund_forms import FundForm, FundSearch, NewFundForm, RestForm
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm

blueprint = room("operators_funds", __name__, "/porteur/enveloppes")


@blueprint.get("/")
def list_funds() -> ResponseReturnValue:
    db = database.session()
    form = FundSearch(request.args)
    form.programme.choices = listed([("", lazy_gettext("Tous")), *queries.programme_names(db)])
    found = queries.funds(db, form.wanted(), number=wanted_page())
    numbers = queries.numbers_of(db, found.items)
    if exporting():
        return _csv(found.items, numbers)
    words = ngettext("%(num)s enveloppe", "%(num)s enveloppes", found.total)
    return render_template(
        "operators/funds/list.html", form=form, found=found, numbers=numbers, count_words=words
    )


def _csv(rows: list[FundView], numbers: dict[int, Any]) -> ResponseReturnValue:
    columns = [
        _("Titre"), _("Financeur"), _("Dispositif"), _("Paie"), _("Seulement parents isolés"),
        _("Seulement quartiers prioritaires"), _("Fermée le"), _("Versé"), _("Disponible"),
        _("Engagé"), _("Dû"), _("En virement"), _("Payé"), _("Rendu"),
    ]  # fmt: skip
    order = ("funded", "available", "committed", "due", "in_transit", "paid", "returned")
    lines = [
        (
            row.title,
            row.funder_name,
            row.programme_name,
            categories.names(row.categories),
            row.only_isolated,
            row.only_priority_area,
            row.closed_at,
            *(euros(getattr(numbers[row.id], name)) for name in order),
        )
        for row in rows
    ]
    return csv_file("enveloppes", columns, lines)


@blueprint.route("/nouvelle", methods=["GET", "POST"])
def new_fund() -> ResponseReturnValue:
    db = database.session()
    open_programmes = queries.programmes(db, closed=False).items
    funders = queries.funders(db).items
    form = NewFundForm(
        received(),
        programme=request.args.get("programme"),
        funder=request.args.get("funder"),
        categories=[category.value for category in from_bits(ALL_CATEGORIES)],
    )
    form.programme.choices = listed((one.public_id, one.name) for one in open_programmes)
    form.funder.choices = listed((one.public_id, one.name) for one in funders)
    programmes_by_id = {one.public_id: one.id for one in open_programmes}
    funders_by_id = {one.public_id: one.id for one in funders}
    opened: list[str] = []
    if request.method == "POST" and made(
        form,
        lambda db: opened.append(
            funds.open_fund(
                db,
                programmes_by_id[form.programme.data],
                funders_by_id[form.funder.data],
                form.restrictions(),
                actor=actor(),
                now=clock.now(),
            )
        ),
        beside="title",
    ):
        flash(_("L’enveloppe est ouverte. Entrez maintenant son premier versement."), "done")
        return redirect(url_for(".show_fund", public_id=opened[-1]), 303)
    page = render_template(
        "operators/funds/new.html", form=form, programmes=open_programmes, funders=funders
    )
    return page, 422 if form.errors else 200


@blueprint.get("/<public_id>")
def show_fund(public_id: str) -> ResponseReturnValue:
    return _fund_page(public_id)


def _fund_page(
    public_id: str, refused: RepitForm | None = None, **forms: RepitForm
) -> ResponseReturnValue:
    db = database.session()
    fund = queries.fund(db, public_id)
    wanted = ContributionFilter(fund_id=fund.id)
    promises = contribution_queries.contributions(db, wanted, number=1)
    about = [("fund", fund.id), *(("contribution", one.id) for one in promises.items)]
    shown = {"close_form": MotiveForm(), "return_form": RestForm(), "form": refused} | forms
    page = render_template(
        "operators/funds/show.html",
        fund=fund,
        numbers=queries.numbers_of(db, [fund])[fund.id],
        gifts=contribution_queries.arrivals(db, fund.id, number=1),
        promises=promises,
        expected=contribution_queries.expected(db, wanted),
        today=today(),
        entries=histories.entries(history(db, about, limit=40)),
        **shown,
    )
    return page, 422 if refused else 200


@blueprint.route("/<public_id>/regles", methods=["GET", "POST"])
def change_fund(public_id: str) -> ResponseReturnValue:
    fund = queries.fund(database.session(), public_id)
    chosen = [category.value for category in from_bits(fund.categories)]
    form = FundForm(received(), data={**vars(fund), "categories": chosen})
    if request.method == "POST" and made(
        form,
        lambda db: funds.change_fund(
            db, fund.id, form.restrictions(), actor=actor(), now=clock.now()
        ),
        beside="title",
    ):
        flash(_("Les règles de l’enveloppe sont enregistrées."), "done")
        return redirect(url_for(".show_fund", public_id=public_id), 303)
    page = render_template("operators/funds/change.html", form=form, fund=fund)
    return page, 422 if form.errors else 200


ACTS = {
    "fermer": (funds.close_fund, lazy_gettext("L’enveloppe est fermée.")),
    "rouvrir": (funds.reopen_fund, lazy_gettext("L’enveloppe est rouverte.")),
}


@blueprint.post("/<public_id>/<any(fermer, rouvrir):act>")
def close_or_reopen(public_id: str, act: str) -> ResponseReturnValue:
    fund = queries.fund(database.session(), public_id)
    service, words = ACTS[act]
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: service(
            db, fund.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _fund_page(public_id, form, close_form=form)
    flash(str(words), "done")
    return redirect(url_for(".show_fund", public_id=public_id), 303)


@blueprint.post("/<public_id>/rendre")
def give_back_rest(public_id: str) -> ResponseReturnValue:
    fund = queries.fund(database.session(), public_id)
    form = RestForm(received())
    if not made(
        form,
        lambda db: funds.give_back_rest(
            db, fund.id, motive=given(form.rest_motive.data), actor=actor(), now=clock.now()
        ),
        beside="rest_motive",
    ):
        return _fund_page(public_id, form, return_form=form)
    flash(_("Le reste est noté comme rendu au financeur."), "done")
    return redirect(url_for(".show_fund", public_id=public_id), 303)

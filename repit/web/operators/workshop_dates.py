"""The dates of a workshop: a recurrence proposes, the list is edited, then it is kept."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from repit.domain import clock
from repit.domain.care import clashes
from repit.domain.care import service as care
from repit.domain.programmes.queries import programmes
from repit.domain.workshops import again, queries, service, sessions
from repit.domain.workshops.again import Clash, Proposed
from repit.domain.workshops.queries import WorkshopView
from repit.web import database
from repit.web.access import actor
from repit.web.fields import listed
from repit.web.forms import given, received
from repit.web.operators.acting import made, today
from repit.web.operators.date_forms import (
    AgainForm,
    DatesForm,
    ProposalForm,
    proposed,
    rearranged,
    shown,
)
from repit.web.operators.navigation import room

blueprint = room("operators_dates", __name__, "/porteur/ateliers/<public_id>")

YEARS_AHEAD = 2


@blueprint.route("/dates", methods=["GET", "POST"])
def add_dates(public_id: str) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)
    if request.method == "GET":
        return _dates_page(workshop, DatesForm(), ProposalForm())
    act = request.form.get("act", "")
    if act == "propose":
        proposal = ProposalForm(request.form)
        typed = proposed(request.form, proposal, workshop.outline)
        return _dates_page(workshop, DatesForm(typed), proposal)
    moved = rearranged(request.form, act, workshop.outline)
    if moved is not None:
        return _dates_page(workshop, DatesForm(moved), ProposalForm(moved))
    form = DatesForm(received())
    if _checked(form, workshop, workshop.id) and made(
        form,
        lambda db: sessions.add(db, workshop.id, form.dates(), actor=actor(), now=clock.now()),
        beside=None,
    ):
        return _kept(public_id, len(form.rows.entries))
    return _dates_page(workshop, form, ProposalForm(request.form))


def _checked(form: DatesForm, workshop: WorkshopView, workshop_id: int | None) -> bool:
    known = sessions.taken(database.session(), workshop_id) if workshop_id else set()
    return form.check(workshop.outline.zone, known, clock.now())


def _kept(public_id: str, count: int) -> ResponseReturnValue:
    words = ngettext(
        "%(num)d date est ajoutée, en brouillon. Ouvrez-la quand elle est prête.",
        "%(num)d dates sont ajoutées, en brouillon. Ouvrez-les quand elles sont prêtes.",
        count,
    )
    flash(words, "done")
    return redirect(url_for("operators_workshops.show_workshop", public_id=public_id), 303)


def _dates_page(
    workshop: WorkshopView, form: DatesForm, proposal: ProposalForm
) -> ResponseReturnValue:
    return _page("dates", workshop, form, proposal=proposal)


@blueprint.route("/reprendre", methods=["GET", "POST"])
def start_again(public_id: str) -> ResponseReturnValue:
    db = database.session()
    workshop = queries.workshop(db, public_id)
    offered = programmes(db, closed=False).items
    year = _year(request.args.get("annee", type=int))
    typed: MultiDict[str, str] | None = None
    if request.method == "POST":
        moved = rearranged(request.form, request.form.get("act", ""), workshop.outline)
        typed = request.form if moved is None else moved
    proposal = again.proposed(db, workshop.id, year)
    form = AgainForm(typed, data=_start(workshop, year, proposal))
    form.programme.choices = listed([(one.public_id, one.name) for one in offered])
    if typed is not request.form:
        return _again_page(workshop, form, year, proposal)
    programme_id = {one.public_id: one.id for one in offered}
    opened: list[tuple[str, int]] = []

    def change(db: Session) -> None:
        who: dict[str, Any] = {"actor": actor(), "now": clock.now()}
        title, programme = given(form.title.data), programme_id[form.programme.data]
        new = service.duplicate(
            db, workshop.id, form.dates(), title=title, programme_id=programme, **who
        )
        slots = care.start_again(db, workshop.id, new, **who) if form.with_care.data else 0
        opened.append((new, slots))

    clash = _clashes(workshop, form)  # before the new dates stand there themselves
    if _checked(form, workshop, None) and made(form, change, beside=None):
        new, slots = opened[-1]
        _say_care(slots)
        if clash:
            flash(_("Un lieu ou un prestataire est déjà pris à une de ces heures."), "warning")
        return _kept(new, len(form.rows.entries))
    return _again_page(workshop, form, year, proposal)


def _again_page(
    workshop: WorkshopView, form: AgainForm, year: int, proposal: Proposed
) -> ResponseReturnValue:
    more = {"year": year, "years": _years(), "there": proposal.there}
    return _page("again", workshop, form, clashes=_clashes(workshop, form), **more)


def _clashes(workshop: WorkshopView, form: AgainForm) -> list[Clash]:
    """Return what is already where, or with whom, the dates on the page would be."""
    db, rows = database.session(), form.whole_dates()
    found = again.at_place(db, workshop.outline.place_id, rows)
    if form.with_care.data:
        found += clashes.of_providers(db, workshop.id, rows)
    return found


def _say_care(slots: int) -> None:
    if slots:
        flash(_("Les gardes suivent, en brouillon. Les intervenants sont à confirmer."), "info")
    else:
        flash(_("Aucune garde n’est prévue à côté de ces dates."), "warning")


def _year(asked: int | None) -> int:
    return asked if asked in _years() else _years()[0]


def _years() -> list[int]:
    this = today().year
    return [this + ahead for ahead in range(1, YEARS_AHEAD + 1)] + [this]


def _start(workshop: WorkshopView, year: int, proposal: Proposed) -> dict[str, Any]:
    """Return what the page starts with: the dates moved to that year, the title with it."""
    title = f"{workshop.outline.title} {year}"[:120]
    return {**shown(proposal.rows), "title": title, "programme": workshop.programme_public_id}


def _page(name: str, workshop: WorkshopView, form: DatesForm, **more: Any) -> ResponseReturnValue:
    page = render_template(
        f"operators/workshops/{name}.html",
        form=form,
        rows=[entry.form for entry in form.rows.entries],
        workshop=workshop,
        **more,
    )
    return page, 422 if form.errors or ("proposal" in more and more["proposal"].errors) else 200

"""Sessions: all of them in a list, one in full, and what may be done about it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import Form

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.bookings import changes, closing, overview, slot_overview
from repit.domain.bookings.lists import kept_out, waiting_list
from repit.domain.bookings.overview import SessionFilter, SessionRow
from repit.domain.care import service as care
from repit.domain.errors import Refused
from repit.domain.workshops import queries, sessions
from repit.domain.workshops.errors import RepeatedHour
from repit.web import database
from repit.web.access import actor
from repit.web.acting import Beside
from repit.web.deciding import DECISIONS, DecideForm, decided, said
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.forms import RepitForm, chosen, given, received
from repit.web.operators import histories, leaders
from repit.web.operators.acting import complaint, made
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm
from repit.web.operators.repeated import fold_in
from repit.web.operators.workshop_forms import (
    WAITING_WHY,
    DescribeForm,
    FacilitatorForm,
    MoveForm,
    SeatsForm,
    SessionSearch,
)

blueprint = room("operators_sessions", __name__, "/porteur/ateliers/seances")
blueprint.add_app_template_filter(DECISIONS.__getitem__, "decision_words")
blueprint.add_app_template_filter(lambda why: WAITING_WHY[why or ""], "waiting_why")


@blueprint.get("/")
def list_sessions() -> ResponseReturnValue:
    form = SessionSearch(request.args)
    wanted = SessionFilter(text=form.q.data or "", show=chosen(form.show))
    now = clock.now()
    found = overview.sessions(database.session(), wanted, now=now, number=wanted_page())
    if exporting():
        return _csv(found.items)
    words = ngettext("%(num)s séance", "%(num)s séances", found.total)
    return render_template(
        "operators/workshops/sessions.html", form=form, found=found, count_words=words, now=now
    )


def _csv(rows: list[SessionRow]) -> ResponseReturnValue:
    columns = [
        _("Atelier"), _("Jour"), _("Début"), _("Fin"), _("Lieu"), _("État"), _("Thème"),
        _("Inscrits"), _("Minimum"), _("Maximum"), _("Enfants gardés"), _("En attente"),
    ]  # fmt: skip
    lines = [
        (
            row.workshop_title,
            row.day,
            f"{row.starts:%H:%M}",
            f"{row.ends:%H:%M}",
            row.place_name,
            _STATES[row.state](),
            row.theme,
            row.seats_taken,
            row.min_people,
            row.max_people,
            row.care_taken,
            row.waiting,
        )
        for row in rows
    ]
    return csv_file("seances", columns, lines)


_STATES: dict[str, Callable[[], str]] = {
    "draft": lambda: _("brouillon"),
    "open": lambda: _("ouverte"),
    "cancelled": lambda: _("annulée"),
}


@blueprint.get("/<public_id>")
def show_session(public_id: str) -> ResponseReturnValue:
    return session_page(public_id)


def session_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Return the page of one session, with a refused form in its place."""
    db, now = database.session(), clock.now()
    row = overview.session(db, public_id)
    workshop = queries.workshop(db, row.workshop_public_id)
    shown: dict[str, Any] = {
        "describe_form": DescribeForm(data=vars(row)),
        "move_form": _move_form(row),
        "seats_form": SeatsForm(data=vars(row)),
        "decide_form": DecideForm(),
        "cancel_form": MotiveForm(),
        "facilitator_form": FacilitatorForm(),
    } | forms
    page = render_template(
        "operators/workshops/session.html",
        row=row,
        now=now,
        over=row.ends_at <= now,
        to_decide=row.to_decide(now),
        to_move=row.to_move(now),
        slots=slot_overview.slots_beside(db, row.id),
        waiting=waiting_list(db, *row.lines),
        kept_out=kept_out(db, *row.lines),
        leaders=[one for one in workshop.facilitators if one.session_id in {None, row.id}],
        entries=histories.entries(history(db, [("workshop_session", row.id)], limit=20)),
        **shown,
    )
    return page, status


def _move_form(row: SessionRow, typed: Any = None) -> MoveForm:
    form = MoveForm(typed, data=vars(row) | {"place": row.place_public_id})
    form.place.choices = listed(
        (one.public_id, f"{one.details.name} ({one.details.town})")
        for one in queries.places(database.session())
    )
    return form


@blueprint.post("/<public_id>/ouvrir")
def open_session(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)

    def change(db: Session) -> None:
        sessions.publish(db, row.id, actor=actor(), now=clock.now())
        care.publish_beside(db, row.id, actor=actor(), now=clock.now())

    form = RepitForm(received())
    if made(form, change, beside=None):
        flash(_("La séance est ouverte, avec ses gardes."), "done")
    else:
        flash(complaint(form), "refused")
    return _back(public_id)


@blueprint.post("/<public_id>/theme")
def describe_session(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)
    form = DescribeForm(received())
    return _done(
        public_id,
        form,
        lambda db: sessions.describe(
            db,
            row.id,
            theme=form.theme.data,
            guests=form.guests.data,
            actor=actor(),
            now=clock.now(),
        ),
        _("Le thème et les invités sont notés."),
        describe_form=form,
    )


@blueprint.post("/<public_id>/deplacer")
def move_session(public_id: str) -> ResponseReturnValue:
    db = database.session()
    row = overview.session(db, public_id)
    form = _move_form(row, received())
    place_ids = {one.public_id: one.id for one in queries.places(db)}

    def change(db: Session) -> None:
        changes.move_session(
            db,
            row.id,
            day=given(form.day.data),
            starts=given(form.starts.data),
            ends=given(form.ends.data),
            place_id=place_ids[form.place.data],
            fold=fold_in(form.which),
            actor=actor(),
            now=clock.now(),
        )

    words = _("La séance est déplacée. Les parents et l’équipe sont prévenus une fois.")
    if row.care_slots:
        words += " " + _("Les intervenants avaient dit oui pour l’ancienne date : demandez-leur.")
    return _done(public_id, form, change, words, beside=_moved_beside, move_form=form)


def _moved_beside(refusal: Refused) -> str:
    return "which" if isinstance(refusal, RepeatedHour) else "day"


@blueprint.post("/<public_id>/places")
def set_seats(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)
    form = SeatsForm(received())

    def change(db: Session) -> None:
        changes.set_seats(
            db,
            row.id,
            min_people=given(form.min_people.data),
            max_people=given(form.max_people.data),
            actor=actor(),
            now=clock.now(),
        )

    words = _("Le minimum et le maximum sont changés. Personne n’est retiré.")
    return _done(public_id, form, change, words, beside="max_people", seats_form=form)


@blueprint.post("/<public_id>/decider")
def decide(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)
    form = DecideForm(received())
    if not decided(form, row.id):
        return session_page(public_id, 422, form=form, decide_form=form)
    flash(said(form), "done")
    return _back(public_id)


@blueprint.post("/<public_id>/annuler")
def cancel_session(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)
    form = MotiveForm(received())

    def change(db: Session) -> None:
        closing.cancel_session(
            db, row.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        )

    words = _("La séance est annulée. Chaque parent est prévenu une fois, ses chèques reviennent.")
    return _done(public_id, form, change, words, beside="motive", cancel_form=form)


@blueprint.post("/<public_id>/animateurs")
def add_facilitator(public_id: str) -> ResponseReturnValue:
    row = overview.session(database.session(), public_id)
    form = FacilitatorForm(received())
    if not leaders.added(form, row.workshop_id, row.id):
        return session_page(public_id, 422, form=form, facilitator_form=form)
    flash(_("%(name)s anime cette séance.", name=form.name.data), "done")
    return _back(public_id)


def _done(
    public_id: str,
    form: Form,
    change: Callable[[Session], object],
    words: str,
    *,
    beside: Beside = None,
    **refused: Form,
) -> ResponseReturnValue:
    """Make a change of the session, or show its page again with the form that was refused."""
    if not made(form, change, beside=beside):
        return session_page(public_id, 422, form=form, **refused)
    flash(words, "done")
    return _back(public_id)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show_session", public_id=public_id), 303)

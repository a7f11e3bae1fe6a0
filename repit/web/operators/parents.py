"""Parents: the list and its export, one file in full, opening, correcting, suspending."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext, ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.bookings import overview
from repit.domain.bookings.overview import SessionRow
from repit.domain.care.sheet_queries import our_children
from repit.domain.entitlements.queries import allowances_of, rights_of
from repit.domain.entitlements.service import request as request_right
from repit.domain.errors import Refused
from repit.domain.households import queries as households
from repit.domain.households import service
from repit.domain.households.errors import LooksLikeAnother
from repit.domain.parent_files import queries, reading
from repit.domain.parent_files import service as files
from repit.domain.parent_files.queries import ParentRow
from repit.domain.programmes.queries import programmes
from repit.domain.redemptions.queries import latest
from repit.web import database
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.forms import given, received, refuse
from repit.web.operators import histories
from repit.web.operators.acting import made, make, today
from repit.web.operators.households import chosen_household
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.parent_forms import (
    KINDS,
    DetailsForm,
    MotiveForm,
    NewParentForm,
    ParentSearch,
    details_of,
)
from repit.web.wording import word

blueprint = room("operators_parents", __name__, "/porteur/parents")
blueprint.add_app_template_filter(lambda kind: KINDS.get(kind, kind), "situation_words")

MOST_USES = 50
STANDINGS: dict[str, tuple[LazyString, str]] = {
    "open": (lazy_gettext("à dépenser"), "ok"),
    "early": (lazy_gettext("pas encore valable"), "brand"),
    "held": (lazy_pgettext("un chèque", "réservé"), "brand"),
    "redeemed": (lazy_gettext("utilisé"), ""),
    "expired": (lazy_gettext("échu"), ""),
    "lapsed": (lazy_gettext("passé de date"), "warn"),
    "cancelled": (lazy_gettext("annulé"), ""),
    "blocked": (lazy_gettext("bloqué"), "bad"),
}

blueprint.add_app_template_filter(STANDINGS.__getitem__, "voucher_standing")


@blueprint.get("/")
def list_parents() -> ResponseReturnValue:
    db = database.session()
    form = ParentSearch(request.args)
    towns = queries.towns(db)
    form.town.choices = listed([("", _("Toutes")), *((town, town) for town in towns)])
    wanted = form.wanted(request.args.get("sort", ""), towns)
    kinds = queries.isolated_kinds(db)
    found = queries.parents(db, wanted, today=today(), kinds=kinds, number=wanted_page())
    if exporting():
        return _csv(found.items)
    words = ngettext("%(num)d parent", "%(num)d parents", found.total)
    return render_template(
        "operators/parents/list.html", form=form, found=found, words=words, session=_to_book()
    )


def _to_book() -> SessionRow | None:
    """Return the session for which a parent is chosen, on the way from its page."""
    public_id = request.args.get("seance")
    if not public_id:
        return None
    row = overview.session(database.session(), public_id)
    return row if row.state == "open" and row.starts_at > clock.now() else None


def _csv(rows: list[ParentRow]) -> ResponseReturnValue:
    columns = [
        _("Numéro"), _("Prénom"), _("Nom"), _("E-mail"), _("Téléphone"), _("Commune"),
        _("Code postal"), _("Demande du"), _("Isolé·e aujourd’hui"), _("Enfants"),
        _("Chèques à dépenser"), _("Chèques en attente"), _("Suspendu·e"),
    ]  # fmt: skip
    lines = (
        (
            row.number, row.first_name, row.last_name, row.email, row.phone, row.town,
            row.postcode, row.requested_on, row.isolated, row.children,
            row.vouchers_left, row.vouchers_waiting, row.state == "suspended",
        )
        for row in rows
    )  # fmt: skip
    return csv_file("parents", columns, lines)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def open_parent() -> ResponseReturnValue:
    form = NewParentForm(received(), requested_on=today())
    known = {one.public_id: one for one in programmes(database.session(), closed=False).items}
    named = [(public_id, one.name) for public_id, one in known.items()]
    form.programme.choices = listed([("", _("Aucun dispositif")), *named])
    lookalikes: list[households.ParentName] = []
    if request.method == "POST" and form.validate():
        household_id = chosen_household(database.session(), form)
        programme = known.get(form.programme.data)
        if not form.errors:
            try:
                return _opened(form, household_id, programme.id if programme else None)
            except LooksLikeAnother:
                words = _("Regardez d’abord la fiche qui ressemble à celle-ci.")
                refuse(form, "create_anyway", words)
                lookalikes = households.lookalikes(
                    database.session(), form.details(), lives_in=household_id
                )
            except Refused as refusal:
                refuse(form, _field_of(refusal), str(word(refusal)))
    page = render_template("operators/parents/new.html", form=form, lookalikes=lookalikes)
    return page, 422 if form.errors else 200


def _opened(
    form: NewParentForm, household_id: int | None, programme_id: int | None
) -> ResponseReturnValue:
    new, now = form.new_parent(household_id), clock.now()

    def change(db: Session) -> service.Opened:
        anyway = bool(form.create_anyway.data)
        opened = service.open_file(db, actor(), new, now, despite_lookalikes=anyway)
        if programme_id is not None:
            day = new.details.requested_on
            request_right(
                db, opened.parent_id, programme_id, requested_on=day, actor=actor(), now=now
            )
        return opened

    opened = make(change)
    flash(_("La fiche %(number)s est ouverte.", number=opened.number), "done")
    return redirect(url_for(".show_parent", public_id=opened.public_id), 303)


def _field_of(refusal: Refused) -> str:
    fields = {
        "parent_number_taken": "number",
        "parent_email_taken": "email",
        "programme_closed": "programme",
    }
    return fields.get(refusal.code, "last_name")


@blueprint.get("/<public_id>")
def show_parent(public_id: str) -> ResponseReturnValue:
    return parent_page(public_id)


def parent_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Return the file in full; `forms`: those that were refused, to show again as typed."""
    db = database.session()
    parent = households.parent_file(db, public_id)
    home = households.home(db, parent.household_id, but=parent.id)
    objects = [("parent", parent.id), *(("child", child.id) for child in home.children)]
    page = render_template(
        "operators/parents/show.html",
        parent=parent,
        home=home,
        sheets={child.id: child.sheet for child in our_children(db, parent.id)},
        today=today(),
        situations=households.situations(db, parent.id),
        rights=rights_of(db, parent.id),
        allowances=allowances_of(db, parent.id),
        vouchers=reading.vouchers(db, parent.id),
        uses=latest(db, parent_id=parent.id, limit=MOST_USES),
        entries=histories.entries(history(db, objects)),
        motive_form=forms.get("motive_form") or MotiveForm(),
    )
    return page, status


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def edit_parent(public_id: str) -> ResponseReturnValue:
    parent = households.parent_file(database.session(), public_id)
    form = DetailsForm(received(), data=details_of(parent))
    if request.method == "POST" and form.validate():
        try:
            changed = make(
                lambda db: service.update(db, actor(), public_id, form.details(), clock.now())
            )
        except Refused as refusal:
            refuse(form, _field_of(refusal), str(word(refusal)))
        else:
            flash(_("La fiche est à jour.") if changed else _("Rien n’a changé."), "done")
            return redirect(url_for(".show_parent", public_id=public_id), 303)
    page = render_template("operators/parents/edit.html", form=form, parent=parent)
    return page, 422 if form.errors else 200


@blueprint.post("/<public_id>/suspendre")
def suspend(public_id: str) -> ResponseReturnValue:
    form = MotiveForm(received())
    if made(
        form,
        lambda db: files.suspend(db, actor(), public_id, given(form.motive.data), clock.now()),
        beside="motive",
    ):
        flash(_("La fiche est suspendue, ses chèques sont bloqués."), "done")
        return redirect(url_for(".show_parent", public_id=public_id), 303)
    return parent_page(public_id, 422, motive_form=form)


@blueprint.post("/<public_id>/reactiver")
def reactivate(public_id: str) -> ResponseReturnValue:
    form = MotiveForm(received())
    if made(
        form,
        lambda db: files.reactivate(db, actor(), public_id, given(form.motive.data), clock.now()),
        beside="motive",
    ):
        flash(_("La suspension est levée, les chèques servent à nouveau."), "done")
        return redirect(url_for(".show_parent", public_id=public_id), 303)
    return parent_page(public_id, 422, motive_form=form)

"""Vouchers: found by their code or by filters, one in full, and what may be done to it."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.errors import DomainError, NoSuchObject
from repit.domain.parent_files.queries import towns
from repit.domain.programmes import queries as programmes
from repit.domain.providers import queries as providers
from repit.domain.redemptions.errors import UnknownCode
from repit.domain.redemptions.queries import of_voucher
from repit.domain.vouchers import queries, service
from repit.domain.vouchers.queries import VoucherView
from repit.web import categories, database
from repit.web.access import actor
from repit.web.desk import desk
from repit.web.exports import csv_stream, euros
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received, refuse
from repit.web.operators import histories
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number
from repit.web.operators.parents import STANDINGS
from repit.web.operators.voucher_forms import (
    CodeForm,
    ExtendForm,
    HoldForm,
    MotiveForm,
    VoucherSearch,
)
from repit.web.wording import word

blueprint = room("operators_vouchers", __name__, "/porteur/cheques")

MOVES: dict[str, LazyString] = {
    "issue": lazy_gettext("Émis : de l’enveloppe vers le parent"),
    "redeem": lazy_gettext("Encaissé : dû au prestataire"),
    "reverse": lazy_gettext("Encaissement annulé : n’est plus dû"),
    "expire": lazy_gettext("Échu : rendu à l’enveloppe"),
    "cancel": lazy_gettext("Annulé : rendu à l’enveloppe"),
}
blueprint.add_app_template_filter(lambda kind: MOVES.get(kind, kind), "voucher_move")

ACTS: dict[str, tuple[type[RepitForm], str, LazyString]] = {
    # act: its form, the field beside which a refusal stands, the words when it is done
    "bloquer": (MotiveForm, "motive", lazy_gettext("Le chèque est bloqué.")),
    "debloquer": (MotiveForm, "motive", lazy_gettext("Le chèque peut de nouveau servir.")),
    "annuler": (MotiveForm, "motive", lazy_gettext("Le chèque est annulé, sa valeur est rendue.")),
    "prolonger": (ExtendForm, "last_day", lazy_gettext("Le chèque est prolongé.")),
    "reserver": (HoldForm, "provider", lazy_gettext("Le chèque est réservé.")),
    "liberer": (MotiveForm, "motive", lazy_gettext("Le chèque peut servir partout.")),
}


@blueprint.get("/")
def list_vouchers() -> ResponseReturnValue:
    return _list_page(CodeForm())


@blueprint.post("/chercher")
def find_by_code() -> ResponseReturnValue:
    """A code is sent, never put in an address: an address stays in histories and logs."""
    form = CodeForm(received())
    if form.validate():
        try:
            found = _by_code(given(form.code.data))
        except DomainError as refusal:
            refuse(form, "code", str(word(refusal)))
        else:
            return redirect(url_for(".show_voucher", name=found.name), 303)
    return _list_page(form, 422)


def _by_code(code: str) -> VoucherView:
    db = database.session()
    [key] = desk().hashes([code])
    found = queries.voucher_by_hash(db, key)
    shown = queries.presented(db, key) if found is None else []
    if found is None and not shown:
        raise UnknownCode
    return found or shown[0]


def _list_page(code_form: CodeForm, status: int = 200) -> ResponseReturnValue:
    db = database.session()
    form = VoucherSearch(request.args)
    funds = programmes.funds(db).items
    form.programme.choices = listed([("", _("Tous")), *programmes.programme_names(db)])
    form.fund.choices = listed([("", _("Toutes")), *((one.public_id, one.title) for one in funds)])
    form.town.choices = listed([("", _("Toutes")), *((town, town) for town in towns(db))])
    if exporting():
        return _csv(queries.every_voucher(db, form.wanted(), today=today()))
    found = queries.vouchers(db, form.wanted(), today=today(), number=page_number())
    page = render_template(
        "operators/vouchers/list.html",
        search=form,
        form=code_form,
        found=found,
        today=today(),
        words=ngettext("%(num)d chèque", "%(num)d chèques", found.total),
    )
    return page, status


def _csv(rows: Iterator[VoucherView]) -> ResponseReturnValue:
    columns = [
        _("Référence"), _("Parent"), _("Numéro"), _("Commune"), _("Dispositif"), _("Enveloppe"),
        _("Valeur"), _("Pour"), _("Premier jour"), _("Dernier jour"), _("État"), _("Réservé à"),
        _("Émis le"),
    ]  # fmt: skip
    day = today()
    lines = (
        (
            row.reference, row.parent_name, row.parent_number, row.town, row.programme_name,
            row.fund_title, euros(row.face), ", ".join(map(categories.name, row.categories)),
            row.first_day, row.last_day, str(STANDINGS[row.standing(day)][0]), row.held_for,
            row.issued_at,
        )
        for row in rows
    )  # fmt: skip
    return csv_stream("cheques", columns, lines)


@blueprint.get("/<name>")
def show_voucher(name: str) -> ResponseReturnValue:
    return _voucher_page(_found(name), {})


@blueprint.post("/<name>/<act>")
def change_voucher(name: str, act: str) -> ResponseReturnValue:
    if act not in ACTS:
        raise NotFound
    voucher = _found(name)
    form_class, beside, done = ACTS[act]
    form = form_class(received())
    _fill(form)
    if not made(form, lambda db: _apply(db, act, voucher.id, form), beside=beside):
        return _voucher_page(_found(name), {act: form}, 422)
    flash(str(done), "done")
    return redirect(url_for(".show_voucher", name=name), 303)


def _found(name: str) -> VoucherView:
    voucher = queries.voucher(database.session(), name)
    if voucher is None:
        raise NoSuchObject
    return voucher


def _voucher_page(
    voucher: VoucherView, refused: dict[str, RepitForm], status: int = 200
) -> ResponseReturnValue:
    db = database.session()
    forms = {act: kind() for act, (kind, _beside, _done) in ACTS.items()} | refused
    for act, form in forms.items():
        _fill(form)
        for field in form:
            field.id = f"{act}-{field.name}"  # six forms stand on one page
    page = render_template(
        "operators/vouchers/show.html",
        voucher=voucher,
        standing=voucher.standing(today()),
        taken=of_voucher(db, voucher.id),
        moves=queries.moves(db, voucher.id),
        entries=histories.entries(history(db, [("voucher", voucher.id)])),
        forms=forms,
        refused=bool(refused),
    )
    return page, status


def _fill(form: RepitForm) -> None:
    if isinstance(form, HoldForm):
        form.provider.choices = listed(providers.names(database.session()))


MOTIVATED = {
    "bloquer": service.block,
    "debloquer": service.unblock,
    "annuler": service.cancel,
    "liberer": service.release,
}


def _apply(db: Session, act: str, voucher_id: int, form: RepitForm) -> None:
    said: dict[str, Any] = {
        "motive": form["motive"].data,
        "actor": actor(),
        "now": clock.now(),
    }
    if isinstance(form, ExtendForm):
        service.extend(db, voucher_id, last_day=given(form.last_day.data), **said)
    elif isinstance(form, HoldForm):
        provider_id = providers.id_of(db, form.provider.data)
        if provider_id is None:
            raise NoSuchObject
        service.hold(db, voucher_id, provider_id=provider_id, **said)
    else:
        MOTIVATED[act](db, voucher_id, **said)

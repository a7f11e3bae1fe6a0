"""Providers: the list and its export, one file in full, and who they are."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.queries import owed_to
from repit.domain.providers import queries, service
from repit.domain.providers.queries import ProviderRow, ProviderView
from repit.domain.providers.rights import RightState, RightView
from repit.domain.providers.rules import shown_identifier
from repit.domain.redemptions.queries import latest
from repit.domain.settlements.queries import due, own_account, paid_in_all, payouts_of
from repit.web import categories, database, formats
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.forms import given, received
from repit.web.operators import histories
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.provider_forms import (
    IdentityForm,
    MotiveForm,
    ProviderSearch,
    with_categories,
)
from repit.web.operators.recounting import recount_for

blueprint = room("operators_providers", __name__, "/porteur/prestataires")
blueprint.add_app_template_filter(shown_identifier, "identifier")

RIGHTS = {
    "valid": ("ok", "check", lazy_gettext("jusqu’au %(day)s")),
    "lapsing": ("warn", "clock", lazy_gettext("finit le %(day)s")),
    "to_come": ("brand", "calendar", lazy_gettext("dès le %(day)s")),
    "lapsed": ("bad", "x", lazy_gettext("fini le %(day)s")),
    "withdrawn": ("bad", "ban", lazy_gettext("retiré le %(day)s")),
}


@blueprint.app_template_filter("right_words")
def right_words(right: RightView) -> str:
    """Return « finit le 31/12/2026 »."""
    day = right.withdrawn_on or right.last_day
    if right.state == RightState.TO_COME:
        day = right.first_day
    return str(RIGHTS[right.state][2]) % {"day": formats.short_day(day)}


@blueprint.app_template_filter("right_tone")
def right_tone(right: RightView) -> str:
    """Return the tone of its pill."""
    return RIGHTS[right.state][0]


@blueprint.app_template_filter("right_icon")
def right_icon(right: RightView) -> str:
    """Return the picture beside its words."""
    return RIGHTS[right.state][1]


@blueprint.get("/")
def list_providers() -> ResponseReturnValue:
    form = _search()
    db = database.session()
    rows = queries.providers(db, form.wanted(), today=today())
    owed = owed_to(db, [row.id for row in rows])
    if request.args.get("format") == "csv":
        return _csv(rows, owed)
    words = ngettext("%(num)d prestataire", "%(num)d prestataires", len(rows))
    return render_template(
        "operators/providers/list.html", form=form, rows=rows, owed=owed, count_words=words
    )


def _search() -> ProviderSearch:
    form = ProviderSearch(request.args)
    with_categories(form.category, lazy_gettext("Toutes"))
    return form


def _csv(rows: list[ProviderRow], owed: dict[int, Any]) -> ResponseReturnValue:
    columns = [
        _("Nom"), _("Registre"), _("Numéro"), _("Code postal"), _("Commune"), _("E-mail"),
        _("Téléphone"), _("État"), _("Agréments"), _("Dû"),
    ]  # fmt: skip
    return csv_file(
        "prestataires",
        columns,
        [
            (
                row.name,
                row.identifier_kind.upper(),
                row.identifier,
                row.postcode,
                row.town,
                row.email,
                row.phone,
                _("suspendu") if row.state == "suspended" else _("en activité"),
                ", ".join(
                    f"{categories.name(right.category)} ({right_words(right)})"
                    for right in row.rights
                ),
                euros(owed.get(row.id, 0)),
            )
            for row in rows
        ],
    )


@blueprint.get("/<public_id>")
def show_provider(public_id: str) -> ResponseReturnValue:
    return provider_page(public_id)


def provider_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Return the page of one provider, with a refused form in its place."""
    db = database.session()
    provider = found(public_id)
    devices = [("device", device.id) for device in provider.devices]
    events = history(db, [("provider", provider.id), *devices], limit=15)
    shown = {"suspend_form": MotiveForm()} | forms
    page = render_template(
        "operators/providers/show.html",
        provider=provider,
        due=next(iter(due(db, now=clock.now(), provider_id=provider.id)), None),
        payouts=payouts_of(db, provider.id, limit=8),
        paid=paid_in_all(db, provider.id),
        owed_back=own_account(db, provider.id, now=clock.now()).owed_back,
        today=today(),
        taken=latest(db, provider_id=provider.id, limit=12),
        entries=histories.entries(events),
        **shown,
    )
    return page, status


def found(public_id: str) -> ProviderView:
    """Return the provider an address names, or answer that there is none."""
    provider = queries.provider(database.session(), public_id, today=today())
    if provider is None:
        raise NoSuchObject
    return provider


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_provider() -> ResponseReturnValue:
    form = IdentityForm(received())
    if request.method == "POST":
        opened: list[str] = []
        if made(
            form,
            lambda db: opened.append(
                service.open_provider(db, form.identity(), actor=actor(), now=clock.now())
            ),
            beside="identifier",
        ):
            flash(_("Le prestataire est enregistré. Donnez-lui un agrément et un tarif."), "done")
            return redirect(url_for(".show_provider", public_id=opened[-1]), 303)
    return _identity_page(form, None)


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def change_provider(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = IdentityForm(received(), obj=provider)
    if request.method == "POST" and made(
        form,
        lambda db: service.change_identity(
            db, provider.id, form.identity(), actor=actor(), now=clock.now()
        ),
        beside="identifier",
    ):
        flash(_("La fiche est modifiée."), "done")
        return redirect(url_for(".show_provider", public_id=public_id), 303)
    return _identity_page(form, provider)


def _identity_page(form: IdentityForm, provider: ProviderView | None) -> ResponseReturnValue:
    page = render_template("operators/providers/identity.html", form=form, provider=provider)
    return page, 422 if form.errors else 200


@blueprint.post("/<public_id>/suspendre")
def suspend_provider(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = MotiveForm(received())

    def change(db: Session) -> None:
        service.suspend(
            db, provider.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        )
        recount_for(db, provider_id=provider.id)

    if not made(form, change, beside="motive"):
        return provider_page(public_id, 422, suspend_form=form)
    flash(_("Le prestataire est suspendu : plus aucun encaissement n’est accepté."), "done")
    return redirect(url_for(".show_provider", public_id=public_id), 303)


@blueprint.post("/<public_id>/reprendre")
def reactivate_provider(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = MotiveForm(received())

    def change(db: Session) -> None:
        service.reactivate(
            db, provider.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        )
        recount_for(db, provider_id=provider.id)

    if not made(form, change, beside="motive"):
        return provider_page(public_id, 422, suspend_form=form)
    flash(_("Le prestataire peut de nouveau encaisser."), "done")
    return redirect(url_for(".show_provider", public_id=public_id), 303)

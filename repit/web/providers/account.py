"""What a provider is owed and was paid, its rights and prices, its devices."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.providers import devices, queries
from repit.domain.settlements.awaited import awaited
from repit.domain.settlements.queries import own_account, payouts_of
from repit.web import database, statements
from repit.web.access import actor, visitor
from repit.web.desk import desk
from repit.web.forms import RepitForm, received
from repit.web.providers import endings
from repit.web.providers.frame import provider_id, room, today

blueprint = room("provider_account", "/prestataire/compte")


@blueprint.get("")
def account() -> ResponseReturnValue:
    db, day = database.session(), today()
    own = queries.own_file(db, provider_id(), today=day)
    standing = own_account(db, provider_id(), now=clock.now())
    coming = awaited(db, provider_id(), standing)
    return render_template(
        "providers/account.html",
        today=day,
        rights=own.rights,
        tariffs=[tariff for tariff in own.tariffs if not tariff.last_day or tariff.last_day >= day],
        devices=[device for device in own.devices if device.revoked_at is None],
        this_device=visitor().device_id,
        coming=coming,
        expected=coming.days,
        payouts=payouts_of(db, provider_id()),
        own_account=standing,
        loudness=endings.tone_of,
        statement_name=statements.name,
        state_words=statements.state_words,
    )


@blueprint.post("/appareils/<public_id>/retirer")
def revoke_device(public_id: str) -> ResponseReturnValue:
    form = RepitForm(received())
    if not form.validate():
        flash(str(form["csrf_token"].errors[0]), "refused")
        return redirect(url_for(".account"), 303)
    others = _other_devices()
    if public_id not in others:
        abort(404)
    with unit_of_work(db := database.session()):
        devices.revoke(db, provider_id(), public_id, actor=actor(), now=clock.now())
    desk().forget(others[public_id])
    flash(gettext("Cet appareil ne peut plus encaisser."), "done")
    return redirect(url_for(".account"), 303)


def _other_devices() -> dict[str, int]:
    own = queries.own_file(database.session(), provider_id(), today=today())
    here = visitor().device_id
    return {device.public_id: device.id for device in own.devices if device.id != here}

"""Scan or type a code, look at what it is worth, take it. Looking never takes anything."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.domain import clock
from repit.domain.categories import Category
from repit.domain.errors import DomainError
from repit.domain.providers.standing import Standing, TariffFacts
from repit.domain.redemptions.desk import Brought
from repit.domain.redemptions.rules import check_device
from repit.web.desk import desk
from repit.web.forms import given, received, refuse
from repit.web.headers import scan_page
from repit.web.providers import looking
from repit.web.providers.endings import endings_of
from repit.web.providers.forms import ReadForm, TakeForm, as_uuid
from repit.web.providers.frame import device_key, room, today
from repit.web.wording import word

blueprint = room("providers", "/prestataire")


@blueprint.get("")
@scan_page
def scanner() -> ResponseReturnValue:
    return _scanner(ReadForm())


@blueprint.get("/regarder")
@scan_page
def look_at() -> ResponseReturnValue:
    """Where the phone's own camera leads, and a reload of what it led to."""
    codes = request.args.getlist("code")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or not codes:
        # Somebody else's page must not try codes on this device: a tap decides.
        return _scanner(ReadForm(data={"typed": codes[0] if codes else None}))
    return looking.look(codes)


@blueprint.post("/regarder")
@scan_page
def look() -> ResponseReturnValue:
    form = ReadForm(received())
    codes = _brought()
    if not form.validate():
        return _scanner(form), looking.INVALID
    typed = _typed(form)
    if typed is None and not codes:
        refuse(form, "typed", gettext("Scannez le code, ou écrivez-le ici."))
        return _scanner(form), looking.INVALID
    return looking.look([*codes, typed] if typed else codes)


@blueprint.get("/encaisser")
def start_again() -> ResponseReturnValue:
    """Where a reload of a refused form leads."""
    return redirect(url_for(".scanner"), 303)


@blueprint.post("/encaisser")
@scan_page
def redeem() -> ResponseReturnValue:
    form, codes = TakeForm(received()), _brought()
    if not form.validate():
        return looking.correct(codes, form)
    tariff = _tariff(form)
    service = form.service(tariff)
    if service is None:
        _ask_how_much(form, tariff)
        return looking.correct(codes, form)
    key = given(as_uuid(form.redemption_id.data))
    brought = Brought(key, codes, service, form.take.data)
    try:
        receipt = desk().redeem(device_key(), brought, now=clock.now())
    except DomainError as refusal:
        return looking.refuse_taking(refusal, codes, form)
    return redirect(url_for("provider_takings.one", redemption_id=receipt.id), 303)


def _scanner(form: ReadForm) -> str:
    standing = _standing()
    try:
        check_device(standing)
    except DomainError as refusal:
        return render_template(
            "providers/scanner.html", form=form, answer=word(refusal), endings=()
        )
    return render_template(
        "providers/scanner.html", form=form, endings=endings_of(standing, today())
    )


def _brought() -> list[str]:
    """Return the codes that were read before, each once."""
    return list(dict.fromkeys(code for code in request.form.getlist("code") if code.strip()))


def _typed(form: ReadForm) -> str | None:
    """Return what was typed; an address stays whole, a longer token is only read in one."""
    raw = request.form.get("typed", "").strip()
    return raw if "/" in raw else form.typed.data


def _tariff(form: TakeForm) -> TariffFacts | None:
    standing = _standing()
    if standing is None:
        return None
    return standing.tariff_on(Category(form.category.data), given(form.service_on.data))


def _standing() -> Standing | None:
    return desk().standing(device_key(), clock.now())


def _ask_how_much(form: TakeForm, tariff: TariffFacts | None) -> None:
    if tariff is not None and not tariff.per_hour:
        refuse(form, "sessions", gettext("Écrivez le nombre de séances."))
        return
    refuse(form, "hours", gettext("Écrivez la durée de la prestation."))

"""The page between reading codes and taking vouchers: what they are worth, or why not."""

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.domain import clock, ids
from repit.domain.bookings.redeeming import booked_service
from repit.domain.categories import Category
from repit.domain.codes import LENGTH
from repit.domain.errors import Busy, DomainError, NotFound
from repit.domain.money import Cents
from repit.domain.providers.standing import TariffFacts
from repit.domain.redemptions.looking import Seen
from repit.domain.redemptions.rules import MINUTES_AN_HOUR, Service, check_device
from repit.web import categories, database, formats
from repit.web.desk import desk
from repit.web.fields import listed
from repit.web.providers.forms import ReadForm, TakeForm
from repit.web.providers.frame import device_key
from repit.web.wording import Answer, word

OK, INVALID, CONFLICT, MISSING, BUSY = 200, 422, 409, 404, 503

# What somebody at the scanner can put right at once; the rest needs another voucher or a call.
FIXABLE = frozenset(
    {
        "accreditation_not_valid",
        "counts_hours",
        "counts_sessions",
        "different_parents",
        "family_share_too_high",
        "mistyped_code",
        "more_than_it_costs",
        "no_code",
        "no_tariff",
        "not_a_code",
        "presentation_expired",
        "service_after_last_day",
        "service_in_future",
        "held_waits",
        "too_many_codes",
        "try_again",
    }
)
# Of these, what the answers of the form decide: the same vouchers may pass with others.
OF_THE_FORM = FIXABLE - {"mistyped_code", "no_code", "not_a_code", "presentation_expired"} | {
    "category_not_covered",
    "pair_limit_reached",
    "provider_limit_reached",
    "voucher_not_yet_valid",
}


def look(codes: Sequence[str], *, adding: ReadForm | None = None) -> ResponseReturnValue:
    """Show what the codes are worth, with the form to take them; or why they are refused."""
    return _see(codes, None, adding=adding)


def correct(codes: Sequence[str], form: TakeForm) -> ResponseReturnValue:
    """Show the form again with what is wrong in it."""
    return _see(codes, form, status=INVALID)


def refuse_taking(
    refusal: DomainError, codes: Sequence[str], form: TakeForm
) -> ResponseReturnValue:
    """Show why nothing was taken, and the form again when other answers may help."""
    if refusal.code not in OF_THE_FORM:
        return refused(refusal, codes)
    return _see(codes, form, refusal=refusal, status=status_of(refusal))


def refused(refusal: DomainError, codes: Sequence[str]) -> ResponseReturnValue:
    """Show why these codes are worth nothing here, and the next step."""
    *before, last = codes or [""]
    page = render_template(
        "providers/refused.html",
        answer=word(refusal),
        tone=tone_of(refusal),
        form=_again(last) if refusal.code in FIXABLE else ReadForm(),
        before=before,
        device_out=refusal.code in {"device_locked", "device_revoked", "provider_suspended"},
    )
    return page, status_of(refusal)


def tone_of(refusal: DomainError) -> str:
    """Return `warn` when the provider can put it right, else `bad`."""
    return "warn" if refusal.code in FIXABLE else "bad"


def status_of(refusal: DomainError) -> int:
    """Return the status a page with this refusal answers with."""
    if isinstance(refusal, NotFound):
        return MISSING
    return BUSY if isinstance(refusal, Busy) else CONFLICT


def _see(
    codes: Sequence[str],
    form: TakeForm | None,
    *,
    adding: ReadForm | None = None,
    refusal: DomainError | None = None,
    status: int = OK,
) -> ResponseReturnValue:
    try:
        seen = desk().look(device_key(), codes, now=clock.now())
    except DomainError as trouble:
        return refused(trouble, codes)
    booked = _booked(codes, seen) if form is None else None
    form = form or _first_form(seen, booked)
    form.category.choices = listed((one.value, categories.name(one)) for one in seen.categories)
    page = render_template(
        "providers/look.html",
        seen=seen,
        booked=booked,
        too_early=booked is not None and booked.service_on > seen.today,
        codes=codes,
        form=form,
        adding=adding or ReadForm(),
        details={
            found.value: _details(found, price, seen.amount)
            for found, price in seen.categories.items()
        },
        by_hour=_counts(seen, refusal, per_hour=True),
        by_session=_counts(seen, refusal, per_hour=False),
        answer=_in_words(refusal),
        tone=tone_of(refusal) if refusal else None,
        back=url_for("providers.scanner"),
    )
    return page, status


def _again(code: str) -> ReadForm:
    """Return the form with the code as it was typed."""
    form = ReadForm()
    form.typed.data = formats.code(code) if len(code) == LENGTH else code
    return form


def _booked(codes: Sequence[str], seen: Seen) -> Service | None:
    """Return what these codes are held for, when all of them are for one appointment."""
    if not seen.booked:
        return None
    standing = check_device(desk().standing(device_key(), clock.now()))
    found = booked_service(database.session(), desk().hashes(codes), standing=standing)
    if found is None or found[1] != seen.vouchers or found[0].category not in seen.categories:
        return None
    return found[0]


def _first_form(seen: Seen, booked: Service | None) -> TakeForm:
    if booked is not None:
        hours, minutes = divmod(booked.minutes or 0, MINUTES_AN_HOUR)
        return TakeForm(
            data={
                "redemption_id": str(ids.redemption_id()),
                "category": booked.category.value,
                "take": seen.vouchers,
                "service_on": booked.service_on,
                "hours": hours or None,
                "minutes": minutes or None,
                "sessions": booked.sessions,
                "family_share": booked.family_share or None,
            }
        )
    [*usable] = seen.categories
    return TakeForm(
        data={
            "redemption_id": str(ids.redemption_id()),
            "category": usable[0].value if len(usable) == 1 else None,
            "take": seen.vouchers,
            "service_on": seen.today,
        }
    )


def _details(category: Category, price: TariffFacts | None, amount: Cents) -> dict[str, object]:
    """Return the picture and the price of a category, in words and for the sums in the page.

    How far `amount`, what the vouchers are worth, goes is said here already: a page without
    JavaScript works out nothing while somebody types.
    """
    shown = {"name": categories.name(category), "icon": categories.icon(category), "price": price}
    if price is None:
        return {**shown, "hint": gettext("Aucun tarif convenu aujourd’hui")}
    euros = formats.money(price.unit_price)
    if not price.per_hour:
        return {**shown, "hint": gettext("%(euros)s la séance", euros=euros)}
    if not price.unit_price:
        return {**shown, "hint": gettext("%(euros)s l’heure", euros=euros)}
    time = formats.minutes(amount * MINUTES_AN_HOUR // price.unit_price)
    worth = formats.euros(amount)
    hint = gettext(
        "%(euros)s l’heure, soit %(time)s pour %(worth)s", euros=euros, time=time, worth=worth
    )
    return {**shown, "hint": hint}


def _counts(seen: Seen, refusal: DomainError | None, *, per_hour: bool) -> bool:
    """Tell whether the page must ask for hours, or for sessions."""
    if refusal is not None and refusal.code == ("counts_hours" if per_hour else "counts_sessions"):
        return True
    return any(price is None or price.per_hour is per_hour for price in seen.categories.values())


def _in_words(refusal: DomainError | None) -> Answer | None:
    return word(refusal) if refusal else None

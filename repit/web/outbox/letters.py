"""Write a message of the outbox: templates/notices/<kind>.txt, its first line the subject."""

from datetime import date, datetime, time
from typing import Any

from flask import current_app
from flask_babel import force_locale

from repit.domain.bookings.queries import BookingView
from repit.domain.notices.outbox import DueNotice
from repit.domain.notices.rules import Kind
from repit.domain.stays.sign_in import Minted
from repit.integrations.mail import Letter
from repit.web.door import public_url_for, settings
from repit.web.outbox import bookings
from repit.web.telephones import telephone

PAGES = {
    Kind.VOUCHERS_ISSUED: "/mes-cheques",
    Kind.REDEEMED_PARENT: "/mes-cheques",
    Kind.REVERSED_PARENT: "/mes-cheques",
    Kind.EXPIRING_SIX_WEEKS: "/mes-cheques",
    Kind.EXPIRING_THREE_WEEKS: "/mes-cheques",
    Kind.REDEEMED_PROVIDER: "/prestataire",
    Kind.REVERSED_PROVIDER: "/prestataire",
    Kind.DEVICE_LOCKED: "/porteur",
    Kind.ACCOUNT_PROPOSED: "/prestataire/compte/iban",
    Kind.ACCOUNT_CONFIRMED: "/prestataire/compte/iban",
    Kind.ACCOUNT_ENDED: "/prestataire/compte/iban",
    Kind.PAYOUT_PAID: "/prestataire/compte",
    Kind.PAYOUT_REJECTED: "/prestataire/compte/iban",
    Kind.PAYOUT_CAME_BACK: "/porteur/lots",
    Kind.SHARE_BACK: "/mes-rendez-vous",
    Kind.OFFER_OVER: "/mes-rendez-vous",
    Kind.BOOKING_CANCELLED: "/mes-rendez-vous",
    Kind.CALLED_OFF: "/mes-rendez-vous",
    Kind.DECIDE: "/animateur",
    Kind.RELEASE_APPROVED: "/financeur/publications",
}
TO_THE_OPERATOR = {Kind.DEVICE_LOCKED, Kind.PAYOUT_CAME_BACK}
WALL_CLOCK = {"starts", "ends"}


def compose(
    notice: DueNotice,
    *,
    now: datetime,
    minted: Minted | None = None,
    booking: BookingView | None = None,
) -> Letter:
    """Return the letter, in the reader's language. Needs an application, not a request.

    Args:
        minted: the link and the code, for a sign-in message.
        booking: what the message is about, as it is now.
    """
    facts = {name: _as_typed(name, value) for name, value in notice.facts.items()}
    facts |= bookings.facts_and_links(notice, booking)
    if minted is not None:
        facts["link"] = public_url_for("account.follow_link", token=minted.token)
        facts["code"] = minted.code
    if notice.kind in PAGES:
        facts.setdefault("page", settings().public_url + PAGES[notice.kind])
    with force_locale(notice.locale):
        calendar = bookings.calendar_of(notice, booking, now)
        subject, body = _render(f"notices/{notice.kind}.txt", facts, _whom_to_call(notice.kind))
    return Letter(
        to_address=notice.to_address,
        subject=subject,
        body=body,
        reference=f"{notice.kind}-{notice.id}",
        locale=notice.locale,
        written_at=now,
        attached=calendar,
    )


def _whom_to_call(kind: Kind) -> str:
    """Return the operator's number, except in a message to the operator."""
    return "" if kind in TO_THE_OPERATOR else telephone(settings().operator_phone)


def _render(template: str, facts: dict[str, Any], phone: str) -> tuple[str, str]:
    text = current_app.jinja_env.get_template(template).render(phone=phone, **facts)
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def _as_typed(name: str, value: object) -> object:
    if isinstance(value, str) and name.endswith(("_on", "_day")):
        return date.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name in WALL_CLOCK:
        return time.fromisoformat(value)
    return value

"""The sheet of a session or a slot, for every audience that notes who comes.

An audience finds the meeting, which is its guard, and hands its `Scope` over; the tap, its answer
and the pages are the same for all. With a script a tap is answered in JSON and may have waited on
the phone; without one it leads back to the sheet.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField, StringField

from repit.domain import clock, ids
from repit.domain.attendance import alerts, queries, rules, service
from repit.domain.attendance.agenda import Meeting
from repit.domain.attendance.errors import LooksLikeBlocked, MayNeverCollect
from repit.domain.attendance.queries import ChildLine, PartyLine
from repit.domain.attendance.service import Noted
from repit.domain.errors import NotFound, Refused
from repit.domain.presence import notes
from repit.web import database
from repit.web.access import actor, visitor
from repit.web.acting import complaint, make
from repit.web.door import settings
from repit.web.fields import LineField
from repit.web.forms import RepitForm, received
from repit.web.wording import word

PARENT, ANOTHER = "parent", "another"
LONGEST_NAME, LONGEST_MOTIVE = 120, 300
DONE, REFUSED, INVALID, MISSING = 200, 409, 422, 404
MAKES_AWAY = frozenset({notes.ANNULLED, notes.NO_SHOW, notes.EXCUSED})
NAME = "{name}"
"""Where a script puts the name that was typed."""


@dataclass(frozen=True)
class Addresses:
    """Where a sheet's buttons lead, for one audience; None: it has no such button."""

    sheet: str
    note: str
    walk_in: str | None = None
    redeem: str | None = None


class TapForm(RepitForm):
    """One tap. `whom`: `parent`, `another`, or somebody on the list by public id."""

    nonce = StringField()
    booking = StringField()
    place = StringField()
    kind = StringField()
    at = StringField()
    sent = StringField()
    """The device's own time as it sends: it tells whether its clock is right."""
    offline = BooleanField()
    whom = StringField()
    person_name = LineField(max_length=LONGEST_NAME, required=False)
    motive = LineField(max_length=LONGEST_MOTIVE, required=False)
    agreed = BooleanField()
    cleared = BooleanField()
    refused_there = BooleanField()
    """The phone refused it, without network: to be kept, never to be done."""
    reason = StringField()

    def noted(self, device: str, now: datetime) -> Noted | None:
        """Return what was tapped; None when it is not whole."""
        nonce, at = as_uuid(self.nonce.data), _moment(self.at.data)
        if nonce is None or (self.at.data and at is None):
            return None
        wrong = self.clock_is_wrong(now)
        if wrong and at is not None and self._sent_at_once(at):
            at = now  # what was kept on the phone stays at its own time
        excused = self.kind.data == notes.EXCUSED
        another = self.whom.data == ANOTHER
        on_the_list = self.whom.data not in {None, "", PARENT, ANOTHER}
        return Noted(
            nonce=nonce,
            booking_public_id=self.booking.data or "",
            child_place_public_id=self.place.data or None,
            kind=self.kind.data or "",
            at=at or now,
            device=device,
            offline=at is not None and self.offline.data,
            forced=another and self.agreed.data,
            motive=self.reason.data if excused else (self.motive.data if another else None),
            person_name=(self.person_name.data or "") if another else None,
            collector_public_id=self.whom.data if on_the_list else None,
            cleared=another and self.cleared.data,
            timed=at is not None and not wrong,
        )

    def clock_is_wrong(self, now: datetime) -> bool:
        """Tell whether the device shows another time than ours; False when it did not say."""
        sent = _moment(self.sent.data)
        return sent is not None and abs(now - sent) > rules.CLOCKS_DIFFER

    def _sent_at_once(self, at: datetime) -> bool:
        sent = _moment(self.sent.data)
        return sent is not None and abs(sent - at) <= rules.CLOCKS_DIFFER


def show(template: str, meeting: Meeting, addresses: Addresses, **more: object) -> str:
    """Return the page of a sheet."""
    sheet = queries.sheet(database.session(), meeting.scope)
    return render_template(
        template,
        meeting=meeting,
        sheet=sheet,
        for_nobody=_for_nobody(sheet.noted_away),
        to=addresses,
        owner=_owner(),
        new_nonce=ids.request_id,
        reasons=reasons(),
        state_words=state_words,
        refusals=_refusals,
        **more,
    )


def tap(meeting: Meeting, addresses: Addresses) -> ResponseReturnValue:
    """Note what was tapped on a sheet, once, and say what came of it."""
    form, now = TapForm(received()), clock.now()
    if not form.validate():
        return _answer(addresses, complaint(form), INVALID)
    noted = form.noted(device(), now)
    if noted is None:
        return _answer(addresses, _("Ce geste est incomplet. Rechargez la feuille."), INVALID)
    if form.refused_there.data:
        return _refused_there(noted, meeting, addresses, now)
    said, status = _noted(noted, meeting, now)
    if form.clock_is_wrong(now):
        said = _say_wrong_clock(said)
    if said is None and noted.kind in MAKES_AWAY:
        _say_if_taken(noted)
    return _answer(addresses, said, status, about=form.place.data or form.booking.data or "")


def _noted(noted: Noted, meeting: Meeting, now: datetime) -> tuple[str | None, int]:
    """Note it; return what stands against it in words, None when it is done."""
    try:
        make(lambda db: service.note(db, noted, actor=actor(), now=now, within=meeting.scope))
    except (MayNeverCollect, LooksLikeBlocked) as refusal:
        _keep(noted, refusal, meeting, now)
        return str(word(refusal)), REFUSED
    except NotFound as refusal:
        if not _from_script():
            raise
        return str(word(refusal)), MISSING
    except Refused as refusal:
        return str(word(refusal)), REFUSED
    return None, DONE


def device() -> str:
    """Return which browser notes: two that disagree are shown."""
    return f"stay:{visitor().stay_id}"


def _refusals(child: ChildLine, party: PartyLine) -> dict[str, object]:
    """Return what a phone without network refuses a hand-over by, and in which words."""
    beside = [one for one in party.children if one.public_id != child.public_id]
    never = [one.name for one in child.sheet.never]
    first_name = child.first_name
    return {
        "never": never,
        "doubtful": never + [one.name for other in beside for one in other.sheet.never],
        "parent": party.parent_name,
        "decided": [one.name for one in child.sheet.never if one.decision_seen_on],
        "may": {one.public_id: one.name for one in child.sheet.may},
        "said": str(word(MayNeverCollect(NAME, first_name))),
        "doubt": str(word(LooksLikeBlocked(NAME, first_name))),
    }


def _for_nobody(places: Collection[str]) -> set[str]:
    """Return which of these places a provider keeps vouchers for although nobody came."""
    if not places:
        return set()
    found = alerts.taken_for_nobody(database.session(), now=clock.now(), places=places)
    return {one.place for one in found}


def _say_if_taken(noted: Noted) -> None:
    if _for_nobody({noted.child_place_public_id or ""}):
        flash(
            _(
                "Attention : les chèques de cet enfant sont déjà encaissés, et il n’est pas noté"
                " présent. Notez son arrivée, ou annulez l’encaissement. Le porteur le voit."
            ),
            "warning",
        )


def _say_wrong_clock(refused: str | None) -> str | None:
    """Say it beside what was refused, or on the page that is shown next."""
    words = _("L’heure de ce téléphone n’est pas juste : réglez-la.")
    if refused is not None:
        return f"{refused} {words}"
    flash(words, "warning")
    return None


def reasons() -> dict[str, str]:
    """Return why somebody may be excused, in words."""
    return {
        "ill": _("Maladie"),
        "transport": _("Transport"),
        "work": _("Travail"),
        "family": _("Famille"),
        "other": _("Autre raison"),
    }


def state_words(kind: str) -> tuple[str, str, str]:
    """Return what is true of a person: words, tone, icon."""
    known = {
        notes.EXPECTED: (_("Pas encore là"), "", "clock"),
        notes.ARRIVED: (_("Là"), "ok", "check"),
        notes.LEFT: (_("Départ noté"), "brand", "door-exit"),
        notes.NO_SHOW: (_("Absence sans prévenir"), "bad", "x"),
        notes.EXCUSED: (_("A prévenu"), "warn", "phone"),
        notes.ANNULLED: (_("Note annulée"), "", "arrow-back-up"),
        notes.REFUSED: (_("Départ refusé"), "bad", "ban"),
    }
    return known[kind]


def _refused_there(
    noted: Noted, meeting: Meeting, addresses: Addresses, now: datetime
) -> ResponseReturnValue:
    """Write down what a phone without network refused by the names on its own page."""
    try:
        _keep(noted, MayNeverCollect(noted.person_name or "", ""), meeting, now)
    except NotFound as refusal:
        return _answer(addresses, str(word(refusal)), MISSING)
    except Refused as refusal:
        return _answer(addresses, str(word(refusal)), REFUSED)
    return _answer(addresses, None, 200, about=noted.child_place_public_id or "")


def _keep(
    noted: Noted, refusal: MayNeverCollect | LooksLikeBlocked, meeting: Meeting, now: datetime
) -> None:
    make(
        lambda db: service.keep_refusal(
            db, noted, refusal, actor=actor(), now=now, within=meeting.scope
        )
    )


def _answer(
    addresses: Addresses, said: str | None, status: int, about: str = ""
) -> ResponseReturnValue:
    if _from_script():
        return jsonify(done=said is None, said=said), status
    if said is not None:
        flash(said, "refused")
        return redirect(addresses.sheet, 303)
    return redirect(f"{addresses.sheet}#p-{about}", 303)


def _from_script() -> bool:
    return request.headers.get("Accept") == "application/json"


def _owner() -> str:
    """Return whose taps wait on a phone, for no one else to send them."""
    secret = settings().secret_key
    return hashlib.sha256(f"taps:{secret}:{visitor().person_id}".encode()).hexdigest()[:16]


def as_uuid(text: str | None) -> UUID | None:
    """Return the id in a text, None when it is not one."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    """Return an aware moment written as a browser's script writes it."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None

"""The sheet of a session or a slot, for every audience that notes who comes.

An audience finds the meeting, which is its guard, and hands its `Scope` over; the tap, its answer
and the pages are the same for all. With a script a tap is answered in JSON and may have waited on
the phone; without one it leads back to the sheet.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, StringField

from repit.domain import clock, ids
from repit.domain.attendance import queries, service, unnamed, walk_in
from repit.domain.attendance.agenda import Meeting
from repit.domain.attendance.errors import MayNeverCollect
from repit.domain.attendance.service import Noted
from repit.domain.attendance.unnamed import Unnamed
from repit.domain.attendance.walk_in import Known, WalkIn
from repit.domain.bookings import naming
from repit.domain.bookings.book import keep_refusal as keep_care_refusal
from repit.domain.bookings.errors import CareFull
from repit.domain.errors import DomainError, NoSuchObject, NotFound, Refused
from repit.domain.presence import notes
from repit.web import database
from repit.web.access import actor, visitor
from repit.web.acting import complaint, make
from repit.web.door import settings
from repit.web.fields import LineField
from repit.web.forms import RepitForm, received
from repit.web.wording import word

PARENT, ANOTHER = "parent", "another"
LONGEST_NAME, LONGEST_MOTIVE, LONGEST_FIRST_NAME = 120, 300, 40
REFUSED, INVALID, MISSING = 409, 422, 404


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
    offline = BooleanField()
    whom = StringField()
    person_name = LineField(max_length=LONGEST_NAME, required=False)
    motive = LineField(max_length=LONGEST_MOTIVE, required=False)
    agreed = BooleanField()
    reason = StringField()

    def noted(self, device: str, now: datetime) -> Noted | None:
        """Return what was tapped; None when it is not whole."""
        nonce, at = _uuid(self.nonce.data), _moment(self.at.data)
        if nonce is None or (self.at.data and at is None):
            return None
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
            timed=at is not None,
        )


def show(template: str, meeting: Meeting, addresses: Addresses, **more: object) -> str:
    """Return the page of a sheet."""
    return render_template(
        template,
        meeting=meeting,
        sheet=queries.sheet(database.session(), meeting.scope),
        to=addresses,
        owner=_owner(),
        new_nonce=ids.request_id,
        reasons=reasons(),
        state_words=state_words,
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
    try:
        make(lambda db: service.note(db, noted, actor=actor(), now=now, within=meeting.scope))
    except MayNeverCollect as refusal:
        _keep(noted, refusal, meeting, now)
        return _answer(addresses, str(word(refusal)), REFUSED)
    except NotFound as refusal:
        if not _from_script():
            raise
        return _answer(addresses, str(word(refusal)), MISSING)
    except Refused as refusal:
        return _answer(addresses, str(word(refusal)), REFUSED)
    return _answer(addresses, None, 200, about=form.place.data or form.booking.data or "")


class WalkInForm(RepitForm):
    """First a number or a name is looked for, then one of those found is taken in.

    Or somebody without a file is counted, under a first name or none.
    """

    text = LineField(lazy_gettext("Numéro ou nom"), max_length=LONGEST_NAME, required=False)
    number = StringField()
    request_id = StringField()
    forced = BooleanField()
    act = StringField()
    """`unnamed`: somebody without a file came; `annul`: they did not after all."""
    first_name = LineField(lazy_gettext("Prénom"), max_length=LONGEST_FIRST_NAME, required=False)


def find_walk_in(template: str, meeting: Meeting, addresses: Addresses) -> ResponseReturnValue:
    """Look for a parent who came without a booking, or take one in."""
    form = WalkInForm(received())
    if request.method == "GET":
        return _walk_in_page(template, meeting, addresses, form)
    if not form.validate():
        return _walk_in_page(template, meeting, addresses, form), INVALID
    request_id = _uuid(form.request_id.data)
    if form.number.data and request_id is not None:
        return _take_in(meeting, addresses, form, request_id)
    if form.act.data and request_id is not None:
        return _without_a_file(meeting, addresses, form, request_id)
    found = walk_in.known(
        database.session(), form.text.data or "", meeting.scope.session_id, now=clock.now()
    )
    return _walk_in_page(template, meeting, addresses, form, found)


def device() -> str:
    """Return which browser notes: two that disagree are shown."""
    return f"stay:{visitor().stay_id}"


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


def _walk_in_page(
    template: str,
    meeting: Meeting,
    addresses: Addresses,
    form: WalkInForm,
    found: Sequence[Known] | None = None,
) -> str:
    return render_template(
        template,
        meeting=meeting,
        to=addresses,
        form=form,
        found=found,
        request_id=ids.request_id(),
    )


def _take_in(
    meeting: Meeting, addresses: Addresses, form: WalkInForm, request_id: UUID
) -> ResponseReturnValue:
    if meeting.scope.session_id is None:
        raise NoSuchObject
    came = _who_came(meeting, form, request_id)
    try:
        make(lambda db: walk_in.take_in(db, came, actor=actor(), now=clock.now()))
    except CareFull as refusal:
        _remember(came, refusal)
        return _not_taken_in(addresses, refusal)
    except DomainError as refusal:
        return _not_taken_in(addresses, refusal)
    flash(_("L’arrivée est notée."), "done")
    return redirect(addresses.sheet, 303)


def _who_came(meeting: Meeting, form: WalkInForm, request_id: UUID) -> WalkIn:
    """Return who is there, with the children that were ticked and live in that home."""
    db = database.session()
    parent_id = walk_in.parent_with(db, form.number.data or "")
    named = naming.beside_session(db, parent_id, meeting.public_id)
    ticked = dict.fromkeys(request.form.getlist("children"))
    theirs = named.children if named is not None else {}
    if not ticked.keys() <= theirs.keys():
        raise NoSuchObject
    return WalkIn(
        request_id=request_id,
        parent_id=parent_id,
        session_id=meeting.scope.session_id or 0,
        device=device(),
        forced=form.forced.data,
        children=tuple(theirs[key] for key in ticked),
    )


def _remember(came: WalkIn, refusal: CareFull) -> None:
    make(lambda db: keep_care_refusal(db, came.asked, refusal, now=clock.now()))


def _not_taken_in(addresses: Addresses, refusal: DomainError) -> ResponseReturnValue:
    flash(str(word(refusal)), "refused")
    return redirect(addresses.walk_in or addresses.sheet, 303)


def _without_a_file(
    meeting: Meeting, addresses: Addresses, form: WalkInForm, nonce: UUID
) -> ResponseReturnValue:
    """Count somebody who has no file, or take that back."""
    session_id, now = meeting.scope.session_id or 0, clock.now()
    one = Unnamed(nonce, session_id, device(), form.first_name.data, form.forced.data)
    taken_back = form.act.data == "annul"
    try:
        if taken_back:
            make(lambda db: unnamed.annul(db, nonce, session_id, actor=actor(), now=now))
        else:
            make(lambda db: unnamed.take_in(db, one, actor=actor(), now=now))
    except Refused as refusal:
        return _not_taken_in(addresses, refusal)
    flash(_("C’est annulé.") if taken_back else _("L’arrivée est notée."), "done")
    return redirect(addresses.sheet, 303)


def _keep(noted: Noted, refusal: MayNeverCollect, meeting: Meeting, now: datetime) -> None:
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


def _uuid(text: str | None) -> UUID | None:
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

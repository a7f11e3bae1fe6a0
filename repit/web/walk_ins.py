"""Who comes without a booking, on the sheet of a session: found and taken in, or only counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, StringField

from repit.domain import clock, ids
from repit.domain.attendance import unnamed, walk_in
from repit.domain.attendance.agenda import Meeting
from repit.domain.attendance.errors import TooManyNames
from repit.domain.attendance.unnamed import Unnamed
from repit.domain.attendance.walk_in import Known, WalkIn
from repit.domain.bookings import naming
from repit.domain.bookings.book import keep_refusal as keep_care_refusal
from repit.domain.bookings.errors import CareFull
from repit.domain.errors import DomainError, NoSuchObject, Refused
from repit.web import database
from repit.web.access import actor
from repit.web.acting import make
from repit.web.fields import LineField
from repit.web.forms import RepitForm, received, refuse
from repit.web.sheets import INVALID, LONGEST_NAME, REFUSED, Addresses, as_uuid, device
from repit.web.wording import word, word_at_the_door

LONGEST_FIRST_NAME = 40


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


def find(template: str, meeting: Meeting, addresses: Addresses) -> ResponseReturnValue:
    """Look for a parent who came without a booking, or take one in."""
    form = WalkInForm(received())
    if request.method == "GET":
        return _walk_in_page(template, meeting, addresses, form)
    if not form.validate():
        return _walk_in_page(template, meeting, addresses, form), INVALID
    request_id = as_uuid(form.request_id.data)
    if form.number.data and request_id is not None:
        tried = _take_in(meeting, addresses, form, request_id)
    elif form.act.data and request_id is not None:
        tried = _without_a_file(meeting, addresses, form, request_id)
    else:
        return _look(template, meeting, addresses, form)
    return tried or _refused(template, meeting, addresses, form)


def _refused(
    template: str, meeting: Meeting, addresses: Addresses, form: WalkInForm
) -> ResponseReturnValue:
    """Show the page again with who was found and what was ticked."""
    session_id, typed = meeting.scope.session_id or 0, form.text.data or ""
    found = None
    if form.number.data:
        found = walk_in.known(database.session(), typed, session_id, now=clock.now())
    return _walk_in_page(template, meeting, addresses, form, found), REFUSED


def _look(
    template: str, meeting: Meeting, addresses: Addresses, form: WalkInForm
) -> ResponseReturnValue:
    session_id = meeting.scope.session_id or 0
    whom: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    try:
        walk_in.check_may_look(database.session(), session_id, **whom)
    except TooManyNames as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(addresses.walk_in or addresses.sheet, 303)
    typed = form.text.data or ""
    found = walk_in.known(database.session(), typed, session_id, now=clock.now())
    if typed and not found:
        make(lambda db: walk_in.note_not_found(db, session_id, **whom))
    return _walk_in_page(template, meeting, addresses, form, found)


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
        ticked=request.form.getlist("children"),
        request_id=ids.request_id(),
    )


def _take_in(
    meeting: Meeting, addresses: Addresses, form: WalkInForm, request_id: UUID
) -> ResponseReturnValue | None:
    """Take in who was found; None when that is refused, and the form says why."""
    if meeting.scope.session_id is None:
        raise NoSuchObject
    came = _who_came(meeting, form, request_id)
    try:
        make(lambda db: walk_in.take_in(db, came, actor=actor(), now=clock.now()))
    except CareFull as refusal:
        _remember(came, refusal)
        refuse(form, None, str(word_at_the_door(refusal)))
        return None
    except DomainError as refusal:
        refuse(form, None, str(word_at_the_door(refusal)))
        return None
    flash(_("L’arrivée est notée."), "done")
    return redirect(addresses.sheet, 303)


def _who_came(meeting: Meeting, form: WalkInForm, request_id: UUID) -> WalkIn:
    """Return who is there, with the children that were ticked and live in that home."""
    db = database.session()
    parent_id = walk_in.parent_with(
        db, form.number.data or "", form.text.data or "", now=clock.now()
    )
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


def _without_a_file(
    meeting: Meeting, addresses: Addresses, form: WalkInForm, nonce: UUID
) -> ResponseReturnValue | None:
    """Count somebody who has no file, or take that back; None when it is refused."""
    session_id, now = meeting.scope.session_id or 0, clock.now()
    one = Unnamed(nonce, session_id, device(), form.first_name.data, form.forced.data)
    taken_back = form.act.data == "annul"
    try:
        if taken_back:
            make(lambda db: unnamed.annul(db, nonce, session_id, actor=actor(), now=now))
        else:
            make(lambda db: unnamed.take_in(db, one, actor=actor(), now=now))
    except Refused as refusal:
        refuse(form, None, str(word_at_the_door(refusal)))
        return None
    flash(_("C’est annulé.") if taken_back else _("L’arrivée est notée."), "done")
    return redirect(addresses.sheet, 303)

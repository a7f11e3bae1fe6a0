"""The lines of the bank as a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain.audit.queries import Happened
from repit.domain.banking.queries import LineView
from repit.domain.banking.rules import Why
from repit.web import formats
from repit.web.exports import csv_file, euros
from repit.web.operators.bank_words import AUTOMATIC, STATES, WHYS


def line_why(why: Why | None) -> str:
    """Return why a line is what it is."""
    return str(WHYS[why])


@dataclass(frozen=True)
class Unrecognised:
    """What a report of the bank says of transfers that are none of ours."""

    said: str
    only: bool
    """It says nothing of any of ours."""


def unrecognised(events: Iterable[Happened]) -> Unrecognised | None:
    """Return what was not recognised when a file was taken in, in words."""
    facts = next((one.facts for one in events if "unknown" in one.facts), None)
    if facts is None:
        return None
    count, names = facts["unknown_count"], facts["unknown"]
    said = ngettext(
        "%(count)s réponse n’est d’aucun de nos virements : %(names)s",
        "%(count)s réponses ne sont d’aucun de nos virements : %(names)s",
        count,
        count=formats.number(count),
        names=", ".join(names) + (" …" if len(names) < count else ""),
    )
    return Unrecognised(said, not facts["ours"])


def lines_csv(rows: Iterable[LineView]) -> ResponseReturnValue:
    """Return lines as a spreadsheet reads them; what went out is below zero."""
    columns = [
        _("Date"), _("Montant"), _("Donneur d’ordre"), _("Libellé"), _("Référence de la banque"),
        _("Compte"), _("État"), _("Pourquoi"), _("Motif"), _("Fichier"),
    ]  # fmt: skip
    lines = [
        (
            row.booked_on,
            euros(row.amount if row.credit else -row.amount),
            row.counterparty,
            row.said,
            row.bank_reference,
            row.account,
            str(STATES[row.state][0]),
            line_why(row.why),
            None if row.why in AUTOMATIC else row.motive,
            row.file_name,
        )
        for row in rows
    ]
    return csv_file("lignes-de-la-banque", columns, lines)

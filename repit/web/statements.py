"""A settlement statement as its provider and the operator read it: words, CSV, PDF."""

from collections.abc import Iterator, Sequence

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from repit.domain import clock
from repit.domain.providers.rules import shown_identifier
from repit.domain.settlements.errors import PaperTooLong
from repit.domain.settlements.queries import Paid
from repit.domain.settlements.statements import Heading, Line, Statement
from repit.integrations import pdf
from repit.web import categories, formats
from repit.web.exports import Value, csv_file, euros
from repit.web.papers import handed_out

MOST_ON_PAPER = 2_000
"""Lines. Typst sets a thousand in 0.6 s of processor and 100 MB, and grows with them: measured on
21 November 2026, decision 0023. A provider that works every hour of a month has 700."""
STATES = {
    # state of the payout: words, tone, icon
    "approved": (lazy_gettext("En préparation"), "brand", "clock"),
    "sent": (lazy_gettext("Envoyé à la banque"), "brand", "send"),
    "settled": (lazy_gettext("Payé"), "ok", "check"),
    "rejected": (lazy_gettext("Refusé par la banque"), "bad", "x"),
}


def name(heading: Heading | Paid) -> str:
    """Return « Décompte n° 12 »."""
    return _("Décompte n° %(number)s", number=heading.number or heading.public_id[:8].upper())


def file_name(statement: Statement) -> str:
    """Return the name of a statement's file, without what follows the dot."""
    return f"decompte-{statement.heading.number or statement.heading.public_id}"


def state_words(state: str) -> tuple[str, str, str]:
    """Return a payout's state in words, its tone and its icon."""
    words, tone, icon = STATES[state]
    return str(words), tone, icon


def what_happened(statement: Statement) -> str:
    """Return the one sentence a reader looks for first."""
    heading = statement.heading
    if heading.state == "rejected":
        return _("La banque a refusé ce virement : ces encaissements restent dus.")
    if heading.day is None:
        return _("Le virement est approuvé ; il part à la banque.")
    if heading.state == "settled":
        return _("Payé le %(day)s.", day=formats.day(heading.day))
    return _("Paiement demandé à la banque pour le %(day)s.", day=formats.day(heading.day))


def csv_of(statement: Statement) -> Response:
    """Return every line of a statement as a file."""
    columns = [
        _("Ligne"), _("Jour de la prestation"), _("Encaissé le"), _("Prestation"),
        _("Réservation"), _("Chèques"), _("Montant"), _("Participation de la famille"),
        _("Annulé le"), _("Payé au plus tard le"), _("Décompte"), _("Virement"), _("Encaissement"),
        _("Participation payée en ligne, comprise dans le montant"),
    ]  # fmt: skip
    heading = statement.heading
    rows: list[tuple[Value, ...]] = [
        (
            words,
            line.service_on,
            line.received_at,
            categories.name(line.category),
            line.booking,
            line.vouchers,
            euros(line.amount),
            euros(line.family_share),
            line.reversed_at,
            line.paid_by_on,
            heading.number,
            heading.reference,
            str(line.redemption_id),
            euros(line.share_online),
        )
        for words, line in _all_lines(statement)
    ]
    return csv_file(file_name(statement), columns, rows)


def _all_lines(statement: Statement) -> Iterator[tuple[str, Line]]:
    kinds = (
        (_("Encaissement"), statement.paid),
        (_("Reprise"), statement.recovered),
        (_("Annulé avant d’être payé"), statement.cancelled),
    )
    for words, lines in kinds:
        for line in lines:
            yield words, line


def paper_of(statement: Statement) -> Response:
    """Return a statement as a tagged PDF.

    Raises:
        PaperTooLong: it would keep its reader waiting, and the machine's memory.
    """
    heading = statement.heading
    if heading.lines > MOST_ON_PAPER:
        raise PaperTooLong(lines=heading.lines, most=MOST_ON_PAPER)
    blocks: list[pdf.Block] = [
        pdf.Figure(what_happened(statement), formats.money(heading.amount)),
        pdf.Facts(facts(statement)),
    ]
    if statement.paid:
        blocks.append(_paid_table(statement))
    if statement.recovered:
        blocks += [
            pdf.Text(
                _("Payés par un décompte plus ancien, puis annulés : repris sur ce virement.")
            ),
            _table(
                _("Repris"),
                statement.recovered,
                (_("Total"), "", "", "", "", formats.money(statement.total_recovered), ""),
            ),
        ]
    if statement.cancelled:
        blocks.append(_table(_("Annulés avant d’être payés"), statement.cancelled))
    return handed_out(
        file_name(statement),
        title=name(heading),
        lead=statement.provider,
        blocks=blocks,
        reference=heading.public_id,
        now=clock.now(),
    )


def facts(statement: Statement) -> list[tuple[str, str]]:
    """Return what identifies the transfer, for a definition list."""
    identifier = shown_identifier(statement.identifier, statement.identifier_kind)
    found = [
        (_("Prestataire"), f"{statement.provider} ({identifier})"),
        (_("Dispositif"), statement.programme or _("tous les dispositifs")),
        (_("Virement"), statement.heading.reference),
    ]
    if statement.payer:
        found.append((_("Payé par"), statement.payer))
    if statement.iban_end:
        account = _("%(holder)s, compte qui finit par %(end)s",
            holder=statement.payee or statement.provider, end=statement.iban_end)  # fmt: skip
        found.append((_("Versé à"), account))
    if statement.rejected_on:
        found.append((_("Refusé le"), formats.day(statement.rejected_on)))
    if statement.family_shares:
        shares = _(
            "%(amount)s, déjà payés par les familles", amount=formats.money(statement.family_shares)
        )
        found.append((_("Participations sur place"), shares))
    if statement.shares_online:
        shares = _(
            "%(amount)s, compris dans le virement", amount=formats.money(statement.shares_online)
        )
        found.append((_("Participations en ligne"), shares))
    return found


def _paid_table(statement: Statement) -> pdf.Table:
    total = (
        _("Total"), "", "", "", formats.number(statement.vouchers),
        formats.money(statement.total_paid),
        formats.money(sum(line.family_share for line in statement.paid)),
    )  # fmt: skip
    return _table(_("Encaissements payés"), statement.paid, total)


def _table(caption: str, lines: Sequence[Line], total: Sequence[str] = ()) -> pdf.Table:
    return pdf.Table(
        caption,
        (
            pdf.Column(_("Prestation du")),
            pdf.Column(_("Encaissé le")),
            pdf.Column(_("Prestation"), wide=True),
            pdf.Column(_("Réservation"), wide=True),
            pdf.Column(_("Chèques"), number=True),
            pdf.Column(_("Montant"), number=True),
            pdf.Column(_("Participation"), number=True),
        ),
        [
            (
                formats.short_day(line.service_on),
                formats.short_day(line.received_at),
                categories.name(line.category),
                line.booking or "–",
                formats.number(line.vouchers),
                formats.money(line.amount),
                formats.money(line.family_share),
            )
            for line in lines
        ],
        total,
    )

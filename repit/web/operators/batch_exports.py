"""Batches as CSV files: exactly what is shown."""

from flask import Response
from flask_babel import gettext as _

from repit.domain.money import Cents
from repit.domain.settlements import batches
from repit.domain.settlements.batches import BatchView
from repit.domain.settlements.preview import WouldPay
from repit.web import database
from repit.web.exports import csv_file, euros
from repit.web.operators.batch_words import PAYOUT_STATES
from repit.web.words.settlements import SKIPS, reason


def preview_csv(rows: list[WouldPay]) -> Response:
    """Return who would be paid and who not, as it is shown."""
    columns = [
        _("Prestataire"), _("Dû"), _("Pas encore payable"), _("Repris"), _("À virer"),
        _("Encaissements"), _("Raison"),
    ]  # fmt: skip
    lines = (
        (
            one.name, euros(one.due), euros(one.held_back), euros(one.recovered),
            euros(one.amount) if one.is_paid else euros(Cents(0)), one.redemptions,
            str(SKIPS[one.skip][0]) if one.skip else "",
        )
        for one in rows
    )  # fmt: skip
    return csv_file("lot-a-preparer", columns, lines)


def payouts_csv(batch: BatchView) -> Response:
    """Return every payout of a batch."""
    columns = [
        _("Prestataire"), _("Titulaire"), _("IBAN"), _("Décompte"), _("Montant"), _("Repris"),
        _("État"), _("Payé le"), _("Raison"),
    ]  # fmt: skip
    lines = (
        (
            one.provider, one.payee, one.iban, one.number, euros(one.amount),
            euros(one.recovered), str(PAYOUT_STATES[one.state][0]), one.paid_on,
            reason(one.reason) if one.state == "rejected" else "",
        )
        for one in batches.payouts(database.session(), batch.id).items
    )  # fmt: skip
    return csv_file(f"lot-{batch.number}", columns, lines)

"""The accounts that stand for our balances, and the journal each movement is written in.

The numbers are proposals: an association keeps the French general chart (PCG with ANC 2018-06),
a CCAS or a commune keeps M57. Both are to be confirmed by the operator's accountant, who may
change every one of them. What a file says is French, whatever the reader's language.
"""

from dataclasses import dataclass
from enum import StrEnum

from repit.domain.ledger.models import AccountKind, TransferKind


class Frame(StrEnum):
    ASSOCIATION = "association"
    M57 = "m57"


@dataclass(frozen=True)
class ChartLine:
    """An account of the accountant's books."""

    number: str
    label: str


FRAMES: dict[Frame, dict[AccountKind, ChartLine]] = {
    Frame.ASSOCIATION: {
        AccountKind.BANK: ChartLine("512", "Banque, compte réservé aux chèques répit"),
        AccountKind.AVAILABLE: ChartLine("194", "Fonds dédiés, versements des financeurs"),
        AccountKind.OUTSTANDING: ChartLine("4671", "Chèques répit émis, à encaisser"),
        AccountKind.PAYABLE: ChartLine("4011", "Prestataires, encaissements à payer"),
        AccountKind.TRANSIT: ChartLine("5801", "Virements aux prestataires en cours"),
        AccountKind.OWED_BACK: ChartLine("4091", "Prestataires, sommes à reprendre"),
        AccountKind.LOSS: ChartLine("6588", "Charges diverses, versements repris"),
        AccountKind.FAMILY_SHARE: ChartLine("4672", "Participations des familles, à reverser"),
    },
    Frame.M57: {
        AccountKind.BANK: ChartLine("515", "Compte au Trésor, chèques répit"),
        AccountKind.AVAILABLE: ChartLine("46711", "Financeurs, fonds à employer"),
        AccountKind.OUTSTANDING: ChartLine("46712", "Chèques répit émis, à encaisser"),
        AccountKind.PAYABLE: ChartLine("4011", "Prestataires, encaissements à payer"),
        AccountKind.TRANSIT: ChartLine("5801", "Virements aux prestataires en cours"),
        AccountKind.OWED_BACK: ChartLine("4096", "Prestataires, sommes à reprendre"),
        AccountKind.LOSS: ChartLine("65888", "Autres charges, versements repris"),
        AccountKind.FAMILY_SHARE: ChartLine("46713", "Participations des familles, à reverser"),
    },
}


@dataclass(frozen=True)
class Journal:
    code: str
    label: str


OPENING = Journal("AN", "À nouveaux")
BANK = Journal("BQ", "Banque")
ISSUES = Journal("EM", "Émission de chèques")
REDEMPTIONS = Journal("EN", "Encaissements")
PAYMENTS = Journal("VI", "Virements aux prestataires")

WRITTEN: dict[TransferKind, tuple[Journal, str]] = {
    TransferKind.FUND: (BANK, "Versement reçu"),
    TransferKind.ISSUE: (ISSUES, "Chèques émis"),
    TransferKind.EXPIRE: (ISSUES, "Chèques périmés"),
    TransferKind.CANCEL: (ISSUES, "Chèques annulés"),
    TransferKind.REDEEM: (REDEMPTIONS, "Encaissement"),
    TransferKind.REVERSE: (REDEMPTIONS, "Encaissement annulé"),
    TransferKind.BATCH: (PAYMENTS, "Virement préparé"),
    TransferKind.RECOVER: (PAYMENTS, "Reprise sur virement"),
    TransferKind.REJECT: (PAYMENTS, "Virement refusé"),
    TransferKind.SETTLE: (BANK, "Virement payé"),
    TransferKind.BOUNCE: (BANK, "Virement revenu"),
    TransferKind.REPAY: (BANK, "Somme rendue par un prestataire"),
    TransferKind.WRITE_OFF: (PAYMENTS, "Somme abandonnée"),
    TransferKind.RETURN: (BANK, "Reste rendu au financeur"),
    TransferKind.DISPUTE: (BANK, "Versement repris"),
    TransferKind.COVER: (BANK, "Manque comblé"),
    TransferKind.SHARE_IN: (BANK, "Participation reçue d'une famille"),
    TransferKind.SHARE_BACK: (BANK, "Participation rendue à une famille"),
    TransferKind.SHARE_DUE: (REDEMPTIONS, "Participation due"),
    TransferKind.SHARE_UNDO: (REDEMPTIONS, "Participation annulée"),
}
"""In which journal a movement is written, and as what."""

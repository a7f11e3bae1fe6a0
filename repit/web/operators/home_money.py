"""What waits for the operator where money comes in, goes out, or is asked for by law."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain.accounting.deadlines import Deadline, Step
from repit.domain.reports.todo import Counts, FundState
from repit.domain.settlements import attention
from repit.web import formats
from repit.web.operators.home_task import Task


def money_tasks(found: Counts, funds: list[FundState]) -> list[Task]:
    short = [one for one in funds if one.nearly_spent]
    return [
        Task(
            found.late_providers,
            ngettext(
                "prestataire attend un paiement en retard",
                "prestataires attendent un paiement en retard",
                found.late_providers,
            ),
            _("%(amount)s promis et pas encore virés", amount=formats.money(found.late_cents)),
            url_for("operators_payouts.list_due"),
            "currency-euro",
            "bad",
        ),
        Task(
            found.bank_lines,
            ngettext(
                "somme arrivée à rapprocher", "sommes arrivées à rapprocher", found.bank_lines
            ),
            _("%(amount)s sur le compte", amount=formats.money(found.bank_cents)),
            url_for("operators_bank.list_lines", side="in"),
            "wallet",
            "warn",
        ),
        Task(
            found.payment_lines,
            ngettext(
                "sortie de la banque à vérifier", "sorties de la banque à vérifier",
                found.payment_lines,
            ),
            _("elle nomme un de nos virements, sans être lui"),
            url_for("operators_bank.list_lines", side="out"),
            "alert-triangle",
            "bad",
        ),
        Task(
            found.late_contributions,
            ngettext(
                "versement promis en retard", "versements promis en retard",
                found.late_contributions,
            ),
            _("rien n’en est émis tant qu’il n’est pas là"),
            url_for("operators_contributions.list_contributions", state="late"),
            "coins",
            "warn",
        ),
        Task(
            len(short),
            ngettext(
                "enveloppe engagée à 80 %% ou plus", "enveloppes engagées à 80 %% ou plus",
                len(short),
            ),
            ", ".join(one.fund.title for one in short),
            url_for("operators_funds.list_funds"),
            "coins",
            "warn",
        ),
    ]  # fmt: skip


def payout_tasks(waiting: attention.Waiting) -> list[Task]:
    lots = url_for("operators_batches.list_batches")
    return [
        Task(
            waiting.drafts,
            ngettext("lot à approuver", "lots à approuver", waiting.drafts),
            _("par une autre personne que celle qui l’a préparé"),
            lots,
            "hourglass-empty",
            "warn",
        ),
        Task(
            waiting.files,
            ngettext(
                "lot approuvé, pas encore à la banque", "lots approuvés, pas encore à la banque",
                waiting.files,
            ),
            _("écrivez le fichier et donnez-le à la banque"),
            lots,
            "send",
            "brand",
        ),
        *_to_confirm(waiting, lots),
        Task(
            waiting.doubted_accounts,
            ngettext(
                "compte refusé par la banque", "comptes refusés par la banque",
                waiting.doubted_accounts,
            ),
            _("rien n’y est plus envoyé : demandez le bon IBAN"),
            url_for("operators_payouts.list_due"),
            "alert-triangle",
            "bad",
        ),
        Task(
            waiting.doubts,
            ngettext(
                "réponse de la banque à vérifier", "réponses de la banque à vérifier",
                waiting.doubts,
            ),
            _("elle contredit ce qui est noté"),
            lots,
            "help-circle",
            "bad",
        ),
    ]  # fmt: skip


def _to_confirm(waiting: attention.Waiting, lots: str) -> list[Task]:
    """Return what one person noted and another confirms."""
    return [
        Task(
            waiting.accounts,
            ngettext(
                "compte bancaire à confirmer", "comptes bancaires à confirmer", waiting.accounts
            ),
            _("par une autre personne que celle qui l’a proposé"),
            lots,
            "lock",
            "warn",
        ),
        Task(
            waiting.repayments,
            ngettext(
                "somme rendue ou abandonnée à confirmer",
                "sommes rendues ou abandonnées à confirmer", waiting.repayments,
            ),
            _("par une autre personne que celle qui l’a notée"),
            url_for("operators_owed_back.list_owed"),
            "arrow-back-up",
            "warn",
        ),
    ]  # fmt: skip


def deadline_task(deadline: Deadline) -> Task:
    """Return a day of the law that nears or has passed, for one programme."""
    facts = {"programme": deadline.programme, "day": formats.day(deadline.day)}
    if deadline.step is Step.ACCOUNT:
        late = _("%(programme)s : il devait être rendu le %(day)s", **facts)
        return Task(
            1,
            _("compte annuel %(year)s à rendre", year=deadline.year),
            late if deadline.passed else _("%(programme)s : le %(day)s au plus tard", **facts),
            url_for(
                "operators_annual.show_year",
                public_id=deadline.programme_public_id,
                year=deadline.year,
            ),
            "report-analytics",
            "bad" if deadline.passed else "warn",
        )
    facts["amount"] = formats.money(deadline.amount)
    if deadline.step is Step.USE:
        what = ngettext("chèque à utiliser", "chèques à utiliser", deadline.vouchers)
        why = _("%(programme)s : %(amount)s, jusqu’au %(day)s ; prévenez les parents", **facts)
    else:
        what = ngettext("chèque à encaisser", "chèques à encaisser", deadline.vouchers)
        why = _("%(programme)s : %(amount)s, jusqu’au %(day)s ; prévenez les prestataires", **facts)
    return Task(
        deadline.vouchers,
        what,
        why,
        url_for(
            "operators_annual.show_year", public_id=deadline.programme_public_id, year=deadline.year
        ),
        "calendar",
        "warn",
    )


def shortage_tasks(found: Counts) -> list[Task]:
    return [
        Task(
            found.short_funds,
            ngettext(
                "enveloppe à qui il manque de l’argent",
                "enveloppes à qui il manque de l’argent",
                found.short_funds,
            ),
            _("%(amount)s repris par la banque", amount=formats.money(found.short_cents)),
            url_for("operators_online.list_events"),
            "alert-triangle",
            "bad",
        ),
        Task(
            found.events_to_look_at,
            ngettext(
                "nouvelle de Stripe à regarder",
                "nouvelles de Stripe à regarder",
                found.events_to_look_at,
            ),
            _("gardées, sans effet pour l’instant"),
            url_for("operators_online.list_events"),
            "bell",
            "warn",
        ),
        Task(
            found.refused_refunds,
            ngettext(
                "participation à rembourser autrement",
                "participations à rembourser autrement",
                found.refused_refunds,
            ),
            _("Stripe a refusé le remboursement"),
            url_for("operators_shares.list_refunds"),
            "arrow-back-up",
            "bad",
        ),
    ]

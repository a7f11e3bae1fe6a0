"""Refusals met when providers are paid, and why a bank would not pay."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "nothing_due": (
        lazy_gettext("Rien n’est à payer maintenant."),
        lazy_gettext(
            "Attendez la fin du délai d’annulation, ou regardez les virements déjà faits."
        ),
    ),
    "payout_reference_used": (
        lazy_gettext("Un virement avec la référence %(reference)s est déjà enregistré."),
        lazy_gettext("Vérifiez la référence sur le relevé : il est peut-être déjà entré."),
    ),
    "due_amount_changed": (
        lazy_gettext("Ce qui est à payer maintenant est %(due_cents)s, pas %(seen_cents)s."),
        lazy_gettext("Corrigez le montant, ou faites un virement du montant exact."),
    ),
    "debt_gone": (
        lazy_gettext("Une partie de cette somme n’est plus à rendre."),
        lazy_gettext("Rechargez la page : un virement l’a reprise, ou quelqu’un l’a déjà notée."),
    ),
    "paper_too_long": (
        lazy_gettext("Ce décompte a %(lines)s lignes : un PDF en porte %(most)s au plus."),
        lazy_gettext("Prenez le CSV : il les a toutes."),
    ),
    "repayment_differs": (
        lazy_gettext("Ce qui est coché fait %(owed_cents)s, pas %(seen_cents)s."),
        lazy_gettext("Corrigez la somme, ou ce qui est coché."),
    ),
    "repayment_decided": (
        lazy_gettext("C’est déjà décidé."),
        lazy_gettext("Rechargez la page : une autre personne l’a confirmé ou abandonné."),
    ),
    "paid_by_file": (
        lazy_gettext("Ce prestataire a un compte confirmé : il est payé par un lot de virements."),
        lazy_gettext("Préparez un lot ; il y sera."),
    ),
    "batch_in_draft": (
        lazy_gettext("Le lot n° %(number)s de ce dispositif attend d’être approuvé."),
        lazy_gettext("Faites-le approuver, ou abandonnez-le, avant d’en préparer un autre."),
    ),
    "cut_off_to_come": (
        lazy_gettext("Ce jour n’est pas encore passé."),
        lazy_gettext("Choisissez aujourd’hui, ou un jour d’avant."),
    ),
    "wrong_batch_state": (
        lazy_gettext("Ce lot a changé entre-temps."),
        lazy_gettext("Rechargez la page : quelqu’un l’a peut-être fait avant vous."),
    ),
    "same_person": (
        lazy_gettext("Vous l’avez préparé vous-même."),
        lazy_gettext("Une autre personne du porteur doit l’approuver."),
    ),
    "nobody_in_particular": (
        lazy_gettext("Il faut une personne pour cela."),
        lazy_gettext("Entrez avec votre compte."),
    ),
    "no_paying_account": (
        lazy_gettext("Le compte d’où part l’argent n’est pas confirmé."),
        lazy_gettext("Entrez-le sur la page du dispositif et faites-le confirmer."),
    ),
    "payees_changed": (
        lazy_gettext("Depuis la préparation du lot, quelque chose a changé pour : %(names)s."),
        lazy_gettext("Retirez-les du lot, ou abandonnez-le et préparez-le de nouveau."),
    ),
    "not_a_pay_day": (
        lazy_gettext("Les banques ne font pas de virement le %(day)s."),
        lazy_gettext("Le premier jour possible est le %(next_day)s."),
    ),
    "pay_day_too_far": (
        lazy_gettext("Le %(day)s est trop loin : la banque ne garde pas un ordre si longtemps."),
        lazy_gettext("Vérifiez l’année. Le dernier jour possible est le %(last_day)s."),
    ),
    "last_payout": (
        lazy_gettext("C’est le seul virement du lot."),
        lazy_gettext("Abandonnez plutôt le lot."),
    ),
    "payee_refused": (
        lazy_gettext("Une banque refuserait ce compte."),
        lazy_gettext("Vérifiez le titulaire, l’IBAN et le BIC."),
    ),
    "file_refused": (
        lazy_gettext("Le fichier ne dit pas ce que disent les comptes : il n’est pas gardé."),
        lazy_gettext("Rien n’est parti. Prévenez la personne qui s’occupe du logiciel."),
    ),
    "account_proposed": (
        lazy_gettext("Un autre compte attend d’être confirmé."),
        lazy_gettext("Confirmez-le ou refusez-le d’abord."),
    ),
    "same_account": (
        lazy_gettext("C’est déjà le compte utilisé."),
        lazy_gettext("Il n’y a rien à changer."),
    ),
    "nothing_proposed": (
        lazy_gettext("Ce compte n’attend plus rien."),
        lazy_gettext("Rechargez la page : quelqu’un a peut-être décidé avant vous."),
    ),
}

TROUBLES: dict[tuple[str, str], LazyString] = {
    # field, why a bank would refuse it
    ("holder", "empty"): lazy_gettext("Écrivez le nom du titulaire du compte."),
    ("holder", "length"): lazy_gettext("Le nom du titulaire a 70 caractères au plus."),
    ("holder", "characters"): lazy_gettext(
        "Les banques ne lisent que l’alphabet latin : écrivez le nom avec ces lettres."
    ),
    ("iban", "empty"): lazy_gettext("Écrivez l’IBAN."),
    ("iban", "shape"): lazy_gettext(
        "Un IBAN commence par deux lettres et deux chiffres, comme FR76. Recopiez-le du relevé."
    ),
    ("iban", "country"): lazy_gettext(
        "Ce pays ne reçoit pas de virement SEPA. Demandez un autre compte."
    ),
    ("iban", "length"): lazy_gettext("Il manque des signes à cet IBAN, ou il y en a trop."),
    ("iban", "check_digits"): lazy_gettext("Cet IBAN a une faute de frappe. Recopiez-le."),
    ("bic", "length"): lazy_gettext("Un BIC a 8 ou 11 signes. Vous pouvez le laisser vide."),
    ("bic", "shape"): lazy_gettext("Ce BIC n’existe pas. Vous pouvez le laisser vide."),
    ("bic", "other_country"): lazy_gettext("Ce BIC est d’un autre pays que l’IBAN."),
}

SKIPS: dict[str, tuple[LazyString, LazyString]] = {
    # why a provider is not paid now: in two words, and what to do
    "suspended": (lazy_gettext("suspendu"), lazy_gettext("Ce qui est dû reste dû.")),
    "no_account": (
        lazy_gettext("pas d’IBAN"),
        lazy_gettext("Demandez son IBAN, ou payez autrement."),
    ),
    "account_waiting": (
        lazy_gettext("IBAN en attente"),
        lazy_gettext("Il compte 48 heures après sa confirmation par une seconde personne."),
    ),
    "account_doubted": (
        lazy_gettext("IBAN refusé"),
        lazy_gettext("La banque a refusé le dernier virement : faites-le corriger ou reconfirmer."),
    ),
    "held_back": (
        lazy_gettext("trop récent"),
        lazy_gettext("Le délai d’annulation, ou la retenue du dispositif, n’est pas fini."),
    ),
    "owes_more": (
        lazy_gettext("doit plus"),
        lazy_gettext("Ce qu’il doit rendre prend tout ce qui lui est dû."),
    ),
    "below_minimum": (
        lazy_gettext("sous le minimum"),
        lazy_gettext("Payé avec le prochain lot qui atteint le minimum du dispositif."),
    ),
}

REASONS: dict[str, LazyString] = {
    # the banks' codes, in words
    "AC01": lazy_gettext("le numéro de compte n’existe pas"),
    "AC03": lazy_gettext("le compte du prestataire n’est pas valable"),
    "AC04": lazy_gettext("le compte est fermé"),
    "AC06": lazy_gettext("le compte est bloqué"),
    "AC13": lazy_gettext("ce n’est pas un compte qui reçoit des virements"),
    "AG01": lazy_gettext("ce compte ne reçoit pas de virement"),
    "AG02": lazy_gettext("le fichier n’est pas de la bonne sorte"),
    "AM01": lazy_gettext("le montant est nul"),
    "AM02": lazy_gettext("le montant est trop grand"),
    "AM04": lazy_gettext("il n’y avait pas assez d’argent sur le compte du porteur"),
    "AM05": lazy_gettext("le virement est un doublon"),
    "BE01": lazy_gettext("le nom du titulaire n’est pas celui du compte"),
    "BE04": lazy_gettext("l’adresse du titulaire manque"),
    "DT01": lazy_gettext("la date n’est pas possible"),
    "FF01": lazy_gettext("le fichier est mal écrit"),
    "FOCR": lazy_gettext("le virement a été rappelé"),
    "MD07": lazy_gettext("le titulaire est décédé"),
    "MS02": lazy_gettext("le titulaire l’a refusé"),
    "MS03": lazy_gettext("la banque ne dit pas pourquoi"),
    "RC01": lazy_gettext("le BIC n’est pas bon"),
    "RR01": lazy_gettext("il manque le compte de celui qui paie"),
    "RR04": lazy_gettext("une règle du pays l’interdit"),
}
UNKNOWN_REASON = lazy_gettext("la banque ne dit pas pourquoi")


def reason(code: str | None) -> str:
    """Return a bank's reason in words, with its code beside it when there is one."""
    words = str(REASONS.get(code or "", UNKNOWN_REASON))
    return f"{words} ({code})" if code else words

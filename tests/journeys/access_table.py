"""Who may go where: every part of the site, and what stands in its addresses.

A new part of the site (a blueprint) is one line in `ROOMS`: its name, and who it is for. It must
be the role its guard asks for; the test compares them. A new kind of visitor is one more
`Visitor` in `two_sides.everybody`.

A new address needs no line as long as it names nothing new: what hangs below
`/porteur/parents/<public_id>` is about a parent already. Where an address names something for
the first time, `PLACES` gets one line: the address up to and including the brackets, and the
kind of thing that stands there. The kind is a key of `two_sides.Side.things`, which holds one of
each for either side: add yours there, one on each side (and tell `two_sides.made_up` when its
name is neither a number nor a public id). A place that takes a plain word, the
same for everybody, is a `Word`.

`ANSWERS` and `QUERIES` are for the few pages that do not simply open. `ASIDE` lists addresses
that name something after the question mark.
"""

from dataclasses import dataclass

from repit.web.access import ANYONE

SOFTWARE = "software"
"""Programs with a provider's token: no cookie opens their addresses."""

ROOMS = {
    "account": ANYONE,
    "api": SOFTWARE,
    "api_pages": ANYONE,
    "door": ANYONE,
    "facilitator_referrals": "facilitator",
    "facilitators": "facilitator",
    "funders": "funder",
    "funders_paying": "funder",
    "funders_releases": "funder",
    "hooks": ANYONE,
    "links": ANYONE,
    "operators_accounting": "operator",
    "operators_annual": "operator",
    "operators_alerts": "operator",
    "operators_attendance": "operator",
    "operators_asking": "operator",
    "operators_bank_accounts": "operator",
    "operators_board": "operator",
    "operators_batch_online": "operator",
    "operators_batches": "operator",
    "operators_bank": "operator",
    "operators_care": "operator",
    "operators_care_edit": "operator",
    "operators_carers": "operator",
    "operators_contributions": "operator",
    "operators_costs": "operator",
    "operators_dates": "operator",
    "operators_decisions": "operator",
    "operators_family": "operator",
    "operators_forecast": "operator",
    "operators_fund_money": "operator",
    "operators_fund_online": "operator",
    "operators_funders": "operator",
    "operators_funds": "operator",
    "operators_home": "operator",
    "operators_imports": "operator",
    "operators_issue": "operator",
    "operators_journal": "operator",
    "operators_messages": "operator",
    "operators_online": "operator",
    "operators_parent_care": "operator",
    "operators_owed_back": "operator",
    "operators_parents": "operator",
    "operators_payouts": "operator",
    "operators_places": "operator",
    "operators_programmes": "operator",
    "operators_providers": "operator",
    "operators_redemptions": "operator",
    "operators_referrals": "operator",
    "operators_releases": "operator",
    "operators_rights": "operator",
    "operators_scale_previews": "operator",
    "operators_scales": "operator",
    "operators_sessions": "operator",
    "operators_shares": "operator",
    "operators_sheets": "operator",
    "operators_statements": "operator",
    "operators_summaries": "operator",
    "operators_take_up": "operator",
    "operators_telephone": "operator",
    "operators_vouchers": "operator",
    "operators_work": "operator",
    "operators_workshops": "operator",
    "parent_bookings": "parent",
    "parent_care": "parent",
    "parent_children": "parent",
    "parent_finding": "parent",
    "parent_paper": "parent",
    "parent_showing": "parent",
    "parent_workshops": "parent",
    "parents": "parent",
    "paying": ANYONE,
    "provider_account": "provider",
    "provider_bank": "provider",
    "provider_connect": "provider",
    "provider_care": "provider",
    "provider_statements": "provider",
    "provider_takings": "provider",
    "providers": "provider",
    "public": ANYONE,
    "public_figures": ANYONE,
    "static": ANYONE,
}


@dataclass(frozen=True)
class Word:
    """Stands in an address and names nothing that belongs to anybody."""

    text: str


PLACES: dict[str, str | Word] = {
    "/V/<token>": "code",
    "/v/<token>": "code",
    "/animateur/orientations/<public_id>": "referral",
    "/animateur/orientations/seance/<public_id>": "session",
    "/animateur/seances/<public_id>": "session",
    "/api/v1/problems/<code>": Word("voucher_spent"),
    "/api/v1/redemptions/<redemption_id>": "redemption",
    "/api/v1/vouchers/<path:code>": "code",
    "/ateliers/<public_id>": Word("seance-pour-tous"),
    "/entrer/lien/<token>": Word("a-link-that-nobody-was-sent"),
    "/chiffres/<public_id>": Word("dispositif-pour-tous"),
    "/chiffres/<public_id>/<kind>": Word("csv"),
    "/financeur/enveloppes/<public_id>": "fund",
    "/financeur/publications/<public_id>": "release",
    "/financeur/publications/<public_id>/fichier/<kind>": Word("json"),
    "/financeur/versements/<public_id>": "contribution",
    "/gardes/<public_id>": Word("garde-pour-tous"),
    "/langue/<language>": Word("fr"),
    "/mes-cheques/code/<name>": "presentation",
    "/mes-enfants/<child_id>": "child",
    "/mes-enfants/<child_id>/personnes/<person_id>": "collector",
    "/mes-rendez-vous/<public_id>": "booking",
    "/mes-rendez-vous/attente/<public_id>": "party",
    "/payer/<token>": Word("a-link-that-nobody-signed"),
    "/porteur/a-rendre/<public_id>": "provider",
    "/porteur/a-rendre/<public_id>/<repayment>": Word("a-repayment-of-nobody"),
    "/porteur/ateliers/<public_id>": "workshop",
    "/porteur/ateliers/<public_id>/animateurs/<int:facilitator_id>": "leader",
    "/porteur/ateliers/lieux/<public_id>": "place",
    "/porteur/ateliers/seances/<public_id>": "session",
    "/porteur/banque/lignes/<public_id>": "bank_line",
    "/porteur/banque/lignes/<public_id>/deja-entree/<int:arrival_id>": "arrival",
    "/porteur/banque/releves/<public_id>": "bank_statement",
    "/porteur/baremes/<public_id>": "scale",
    "/porteur/cheques/<name>": "voucher",
    "/porteur/cheques/<name>/<act>": Word("bloquer"),
    "/porteur/comptabilite/compte/<kind>": Word("payable"),
    "/porteur/comptes-bancaires/dispositif/<public_id>": "programme",
    "/porteur/comptes-bancaires/dispositif/<public_id>/<account>": "programme_account",
    "/porteur/comptes-bancaires/prestataire/<public_id>": "provider",
    "/porteur/comptes-bancaires/prestataire/<public_id>/<account>": "provider_account",
    "/porteur/decomptes/<public_id>": "payout",
    "/porteur/decomptes/prestataire/<public_id>": "provider",
    "/porteur/dispositifs/<public_id>": "programme",
    "/porteur/dispositifs/<public_id>/bareme/<name>": Word("vide"),
    "/porteur/dispositifs/<public_id>/comptes-annuels/<int:year>": Word("2026"),
    "/porteur/encaissements/<uuid:redemption_id>": "redemption",
    "/porteur/enveloppes/<public_id>": "fund",
    "/porteur/enveloppes/<public_id>/<any(fermer, rouvrir):act>": Word("fermer"),
    "/porteur/enveloppes/<public_id>/bilan-caf/<int:year>": Word("2026"),
    "/porteur/enveloppes/<public_id>/mouvements/<name>": Word("engage"),
    "/porteur/enveloppes/<public_id>/versements/<int:arrival_id>": "arrival",
    "/porteur/en-ligne/<int:event_id>": "stripe_event",
    "/porteur/en-ligne/<int:event_id>/<any(reprendre, vu):act>": Word("vu"),
    "/porteur/financeurs/<public_id>": "funder",
    "/porteur/financeurs/<public_id>/lecteurs/<int:person_id>": "reader",
    "/porteur/gardes/<public_id>": "slot",
    "/porteur/gardes/<public_id>/intervenants/<carer_id>": "carer",
    "/porteur/gardes/<public_id>/intervenants/<carer_id>"
    "/<any(confirmer, retirer, compter, 'en-renfort'):act>": Word("confirmer"),
    "/porteur/imports/<public_id>": "import",
    "/porteur/intervenants/<public_id>": "carer",
    "/porteur/intervenants/<public_id>/documents/<int:check_id>": "check",
    "/porteur/lots/<public_id>": "batch",
    "/porteur/lots/<public_id>/virement/<payout_id>": "payout_of_batch",
    "/porteur/lots/nouveau/<public_id>": "programme",
    "/porteur/messages/<int:notice_id>": "notice",
    "/porteur/orientations/<public_id>": "referral",
    "/porteur/orientations/seance/<public_id>": "session",
    "/porteur/parents/<public_id>": "parent",
    "/porteur/parents/<public_id>/enfants/<child_id>": "child",
    "/porteur/parents/<public_id>/personnes/<person_id>": "collector",
    "/porteur/parents/<public_id>/rendez-vous/<booking_id>": "booking",
    "/porteur/parents/<public_id>/rendez-vous/ateliers/<session_id>": Word("seance-pour-tous"),
    "/porteur/parents/<public_id>/rendez-vous/attente/<party_id>": "party",
    "/porteur/parents/<public_id>/rendez-vous/gardes/<slot_id>": Word("garde-pour-tous"),
    "/porteur/parents/<public_id>/situations/<int:situation_id>": "situation",
    "/porteur/participations/<public_id>": "share_refund",
    "/porteur/presences/a-regarder/encaisses/<place>": Word("a-place-of-no-alert"),
    "/porteur/presences/a-regarder/remises/<uuid:nonce>": Word(
        "00000000-0000-4000-8000-000000000000"
    ),
    "/porteur/prestataires/<public_id>": "provider",
    "/porteur/prestataires/<public_id>/agrement/<right_id>": "right",
    "/porteur/prestataires/<public_id>/appareil/<device_id>": "device",
    "/porteur/prestataires/<public_id>/personne/<int:person_id>": "staff",
    "/porteur/temps-et-couts/<public_id>": "cost_line",
    "/porteur/publications/<public_id>": "release",
    "/porteur/publications/<public_id>/fichier/<kind>": Word("json"),
    "/porteur/publications/nouvelle/<public_id>": "fund",
    "/porteur/publications/page-publique/<public_id>": "programme",
    "/porteur/travaux/<public_id>": "job",
    "/porteur/virements/<public_id>": "provider",
    "/prestataire/compte/appareils/<public_id>": "device",
    "/prestataire/decomptes/<public_id>": "payout",
    "/prestataire/encaissements/<uuid:redemption_id>": "redemption",
    "/prestataire/gardes/creneaux/<public_id>": "slot",
    "/prestataire/gardes/creneaux/<public_id>/intervenants/<carer_id>": "carer",
    "/prestataire/gardes/creneaux/<public_id>/intervenants/<carer_id>/<any(oui, non):said>": Word(
        "oui"
    ),
    "/prestataire/encaissements/<mois>": Word("2026-03"),
    "/r/<token>": Word("a-link-that-nobody-signed"),
    "/static/<path:filename>": Word("css/tokens.css"),
    "/porteur/versements/<public_id>": "contribution",
    "/porteur/versements/<public_id>/<any(annuler, retablir):act>": Word("annuler"),
    "/porteur/versements/<public_id>/sommes/<int:arrival_id>": "arrival",
    "/porteur/versements/promettre/<public_id>": "fund",
}

QUERIES = {
    "operators_issue.show_preview": "?programme={programme}",
    "providers.look_at": "?code={code}",
}
"""What a page must be asked with to open at all."""

OPENS = {200}
NOTHING_WITHOUT_A_TOKEN = {303, 422}
"""A form answers with its page, a button leads back to the page it stands on."""

ANSWERS = {
    ("GET", "account.choose_role"): {200, 303},
    ("GET", "account.go_on"): {303},
    ("GET", "door.open_door"): {200, 303},
    ("GET", "funders_paying.show"): {404},  # no key: nothing is paid online
    ("POST", "funders_paying.pay"): {404},
    ("GET", "paying.show"): {404},
    ("POST", "paying.pay"): {404},
    ("GET", "provider_connect.show"): {404},
    ("GET", "provider_connect.go_on"): {404},
    ("GET", "provider_connect.come_back"): {404},
    ("POST", "provider_connect.choose"): {404},
    ("POST", "provider_connect.stop"): {404},
    ("GET", "links.calendar"): {404},
    ("GET", "links.show"): {404},
    ("GET", "parent_bookings.slash"): {308},
    ("GET", "parent_children.correct"): {303},  # booked already: told on the child's page
    ("GET", "parent_children.slash"): {308},
    ("GET", "parent_workshops.slash"): {308},
    ("GET", "parents.slash"): {308},
    ("GET", "providers.start_again"): {303},
    ("GET", "public.link_language"): {303},
    ("POST", "operators_decisions.end_right"): {404},  # it names no right
    ("POST", "providers.redeem"): {409},  # it brings no code
    ("POST", "hooks.take_in_event"): {404},  # no key, so nothing comes from Stripe
    ("POST", "links.act"): {404},
    ("POST", "operators_fund_online.refund"): {404},  # no key: nothing is given back online
    ("POST", "public.choose_language"): {404},  # it names no language
}
"""What the right visitor is answered, where it is neither `OPENS` nor a form sent back."""

MISSING = {
    ("POST", "provider_takings.undo"): {303},  # back to the page that does not exist, told why
}
"""What is answered about a thing that is not there, where it is not 404."""

WHOEVER_HOLDS_IT = {"code"}
"""Kinds that belong to whoever shows them: a provider is there to take anybody's code."""

ENDS_THE_VISIT = {"account.sign_out"}

ASIDE = {
    "parent": (
        ("/mes-cheques/montrer?dispositif={}", "programme"),
        ("/mes-cheques/papier?dispositif={}&cheques=1", "programme"),
    ),
    "provider": (("/prestataire/encaissements?avant={}", "redemption"),),
    SOFTWARE: (("/api/v1/account?before={}", "redemption"),),
    "operator": (),
    "facilitator": (),
    "funder": (),
}
"""Addresses that name something in their query, by who asks; `{}` is where."""

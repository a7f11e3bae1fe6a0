"""The operator's first page: what waits for a decision or a hand, and how the money stands."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain import clock
from repit.domain.accounting.deadlines import deadlines
from repit.domain.banking.payments import shown_as_lines
from repit.domain.entitlements.queries import to_decide
from repit.domain.households.queries import first_to_confirm
from repit.domain.releases import queries as releases
from repit.domain.reports import todo
from repit.domain.reports.todo import Counts
from repit.domain.settlements import attention
from repit.web import database, formats
from repit.web.operators.acting import today
from repit.web.operators.home_money import (
    deadline_task,
    money_tasks,
    payout_tasks,
    shortage_tasks,
)
from repit.web.operators.home_presence import presence_tasks
from repit.web.operators.home_task import Task
from repit.web.operators.navigation import room
from repit.web.outbox.delivery import can_send

blueprint = room("operators_home", __name__, "/porteur")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    db = database.session()
    found = todo.counts(db, today=today(), now=clock.now())
    funds = todo.open_funds(db)
    requests = [
        Task(
            one.requests,
            ngettext("demande à décider", "demandes à décider", one.requests),
            one.programme_name,
            url_for("operators_decisions.list_requests", public_id=one.programme_public_id),
            "clipboard-check",
            "brand",
        )
        for one in to_decide(db)
    ]
    tasks = [
        *presence_tasks(found),
        *requests,
        *_workshops(found),
        *_care(found, todo.wanting_carers(db, today=today())),
        *_people(found),
        *money_tasks(found, funds),
        *payout_tasks(attention.waiting(db, but=shown_as_lines())),
        *(deadline_task(one) for one in deadlines(db, now=clock.now())),
        *shortage_tasks(found),
        _release_task(releases.waiting(db)),
        *_troubles(found),
    ]
    return render_template(
        "operators/home.html",
        tasks=[task for task in tasks if task.count],
        funds=funds,
        silent=not can_send(),
    )


def _release_task(waiting: int) -> Task:
    return Task(
        waiting,
        ngettext("publication à relire", "publications à relire", waiting),
        _("son financeur la lira quand vous l’aurez approuvée"),
        url_for("operators_releases.list_releases"),
        "report-analytics",
        "brand",
    )


def _workshops(found: Counts) -> list[Task]:
    return [
        Task(
            found.sessions_to_call,
            ngettext(
                "séance a une place libre : appelez qui attend",
                "séances ont une place libre : appelez qui attend",
                found.sessions_to_call,
            ),
            _("trop tard pour garder une place : la première personne qui réserve l’a"),
            url_for("operators_sessions.list_sessions", show="to_call"),
            "phone",
            "bad",
        ),
        Task(
            found.sessions_to_decide,
            ngettext(
                "séance à décider ou à déplacer", "séances à décider ou à déplacer",
                found.sessions_to_decide,
            ),
            _("elle a lieu, elle est reportée ou elle est annulée"),
            url_for("operators_sessions.list_sessions", show="to_decide"),
            "scale",
            "bad",
        ),
        Task(
            found.crowded_sessions,
            ngettext(
                "séance a plus d’inscrits que de places",
                "séances ont plus d’inscrits que de places",
                found.crowded_sessions,
            ),
            _("personne n’est retiré : appelez les derniers inscrits"),
            url_for("operators_sessions.list_sessions", show="over"),
            "users",
            "warn",
        ),
    ]  # fmt: skip


def _care(found: Counts, wanting: int) -> list[Task]:
    return [
        Task(
            found.crowded_slots,
            ngettext(
                "garde a trop d’enfants", "gardes ont trop d’enfants", found.crowded_slots
            ),
            _("demandez un renfort, ou appelez les parents"),
            url_for("operators_care.list_slots", show="over"),
            "baby-carriage",
            "bad",
        ),
        Task(
            found.unstaffed_slots,
            ngettext(
                "garde sans intervenant confirmé", "gardes sans intervenant confirmé",
                found.unstaffed_slots,
            ),
            _("aucune place n’y est ouverte"),
            url_for("operators_care.list_slots", show="unstaffed"),
            "baby-carriage",
            "warn",
        ),
        Task(
            found.unnoted_slots,
            ngettext(
                "garde finie, avec des présences jamais notées",
                "gardes finies, avec des présences jamais notées",
                found.unnoted_slots,
            ),
            _("des chèques restent réservés : demandez au prestataire, puis notez"),
            url_for("operators_care.list_slots", show="unnoted"),
            "list-details",
            "warn",
        ),
        Task(
            wanting,
            ngettext(
                "intervenant a un document à revoir", "intervenants ont un document à revoir",
                wanting,
            ),
            _("manquant, fini, ou qui finit sous soixante jours"),
            url_for("operators_carers.list_carers", papers="wanting"),
            "shield-check",
            "warn",
        ),
    ]  # fmt: skip


def _children(found: Counts) -> list[Task]:
    if not found.children_to_confirm:
        return []
    parent = first_to_confirm(database.session())
    return [
        Task(
            found.children_to_confirm,
            ngettext(
                "enfant ajouté par un parent, à vérifier",
                "enfants ajoutés par un parent, à vérifier",
                found.children_to_confirm,
            ),
            _("sans cela, il ne donne pas de chèques"),
            url_for("operators_parents.show_parent", public_id=parent),
            "user",
            "brand",
        )
    ]


def _people(found: Counts) -> list[Task]:
    return [
        *_children(found),
        Task(
            found.waiting_parents,
            ngettext(
                "parent attend des chèques", "parents attendent des chèques", found.waiting_parents
            ),
            ngettext(
                "%(num)d chèque qu’aucune enveloppe ne paie encore",
                "%(num)d chèques qu’aucune enveloppe ne paie encore",
                found.waiting_vouchers,
            ),
            url_for("operators_issue.list_waiting"),
            "hourglass-empty",
            "warn",
        ),
        Task(
            found.ending_vouchers,
            ngettext(
                "chèque finit sous six semaines", "chèques finissent sous six semaines",
                found.ending_vouchers,
            ),
            _("%(amount)s qui peuvent encore servir", amount=formats.money(found.ending_cents)),
            url_for("operators_vouchers.list_vouchers", ends="42"),
            "calendar",
        ),
        Task(
            found.lapsing_providers,
            ngettext(
                "prestataire perd bientôt un agrément", "prestataires perdent bientôt un agrément",
                found.lapsing_providers,
            ),
            _("dans les soixante jours"),
            url_for("operators_providers.list_providers", right="lapsing"),
            "shield-check",
            "warn",
        ),
        Task(
            found.open_imports,
            ngettext("import à finir", "imports à finir", found.open_imports),
            _("lu et contrôlé, pas encore confirmé ou en cours"),
            url_for("operators_imports.list_imports"),
            "file-import",
        ),
    ]  # fmt: skip


def _troubles(found: Counts) -> list[Task]:
    return [
        Task(
            found.locked_devices,
            ngettext("appareil bloqué", "appareils bloqués", found.locked_devices),
            _("trop de codes faux : vérifiez avec le prestataire"),
            url_for("operators_providers.list_providers", locked="1"),
            "lock",
            "bad",
        ),
        Task(
            found.failed_jobs,
            ngettext("travail a échoué", "travaux ont échoué", found.failed_jobs),
            _("à relancer ou à comprendre"),
            url_for("operators_work.list_troubles"),
            "alert-triangle",
            "bad",
        ),
        Task(
            found.failed_notices,
            ngettext(
                "message n’est pas parti", "messages ne sont pas partis", found.failed_notices
            ),
            _("adresse à vérifier"),
            url_for("operators_messages.list_failed"),
            "mail",
            "bad",
        ),
    ]

"""Where vouchers are brought: the one way in for the provider's pages, the API and the demo.

It opens its units of work itself, which no other part of the domain does, because the way
chosen (one statement, or a transaction that explains) is the point of the hot path; see
decision 0003. It also keeps what was refused, in a change of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.one_statement import one_statement
from repit.db.unit_of_work import connection_of_work, unit_of_work
from repit.domain.codes import BadCode, CodeVault, read_code
from repit.domain.errors import DomainError
from repit.domain.providers.standing import (
    Standing,
    holds,
    standing_by_token,
    standing_of_device,
)
from repit.domain.redemptions import looking, refusals
from repit.domain.redemptions.errors import MistypedCode, NoCode, NotACode, TooManyCodes
from repit.domain.redemptions.held_first import check_held_first
from repit.domain.redemptions.looking import Seen
from repit.domain.redemptions.redeem import (
    MOST_CODES,
    Asked,
    Receipt,
    is_repeat,
    take_at_once,
    take_or_explain,
)
from repit.domain.redemptions.rules import Service, check_device
from repit.domain.retrying import retrying
from repit.domain.vouchers.holds import CATEGORY

STANDING_SECONDS = 30
MOST_STANDINGS = 10_000


@dataclass(frozen=True)
class Brought:
    """What a provider brings to the desk: the codes as typed or scanned, and the service."""

    id: UUID
    codes: Sequence[str]
    service: Service
    take: int | None = None


class Desk:
    """Safe to share between threads."""

    def __init__(
        self, engine: Engine, vault: CodeVault, *, standing_seconds: int = STANDING_SECONDS
    ) -> None:
        """Serve one database with one set of code keys.

        Args:
            standing_seconds: how old what we know of a device may be; the statement that
                takes vouchers finds out when it is too old.
        """
        self._standing_seconds = standing_seconds
        self._engine = engine
        self._vault = vault
        self._standings: dict[bytes | int, tuple[datetime, Standing | None]] = {}
        self._lock = Lock()

    def standing(self, key: bytes | int, now: datetime) -> Standing | None:
        """Return what a device may do: `key` is its token's fingerprint, or its id.

        A standing may be half a minute old. For taking that is safe: see `providers.standing`.
        """
        kept = self._standings.get(key)
        if kept is not None and abs((now - kept[0]).total_seconds()) < self._standing_seconds:
            return kept[1]
        with Session(self._engine) as db:
            found = standing_by_token(db, key) if isinstance(key, bytes) else None
            if isinstance(key, int):
                found = standing_of_device(db, key)
        with self._lock:
            if len(self._standings) >= MOST_STANDINGS:
                self._standings.clear()
            self._standings[key] = (now, found)
        return found

    def forget(self, key: bytes | int) -> None:
        """Read this device's standing again at the next call."""
        with self._lock:
            self._standings.pop(key, None)

    def standing_now(self, key: bytes | int, now: datetime) -> Standing | None:
        """Return what a device may do at this very moment, for whatever shows something."""
        known = self.standing(key, now)
        if known is None:
            return None
        with Session(self._engine) as db:
            if holds(db, known):
                return known
        self.forget(key)
        return self.standing(key, now)

    def redeem(self, key: bytes | int, brought: Brought, *, now: datetime) -> Receipt:
        """Take vouchers for a service, exactly once for one id.

        Raises:
            DeviceRevoked: nobody has this key, or it was revoked.
            DomainError: every refusal of `rules`, `reading` and `limits`; kept before it is
                raised. TryAgain when the database stayed busy.
        """
        standing = check_device(self.standing(key, now))
        try:
            asked = Asked(brought.id, self.hashes(brought.codes), brought.service, brought.take)
            return retrying(lambda: self._take(key, asked, standing, now))
        except DomainError as refusal:
            self.keep(key, refusal, standing, now)
            raise

    def look(self, key: bytes | int, codes: Sequence[str], *, now: datetime) -> Seen:
        """Say what the codes are worth to this provider today; take nothing.

        Nothing later would find out that the standing is old, so it is asked for anew: a
        device revoked a second ago must not see a first name.

        Raises:
            DomainError: as `redeem`, as far as the codes alone can tell.
        """
        standing = check_device(self.standing_now(key, now))
        try:
            hashes = self.hashes(codes)
            with self._engine.connect() as connection:
                return looking.look(connection, hashes, standing=standing, now=now)
        except DomainError as refusal:
            self.keep(key, refusal, standing, now)
            raise

    def _take(self, key: bytes | int, asked: Asked, standing: Standing, now: datetime) -> Receipt:
        if asked.service.category == CATEGORY:
            with self._engine.connect() as connection:
                check_held_first(connection, asked, standing=standing, now=now)
        at_once = self._take_at_once(asked, standing, now)
        if at_once is not None:
            return at_once
        # What stood against it may be that our knowledge of the provider is old.
        self.forget(key)
        fresh = check_device(self.standing(key, now))
        with connection_of_work(self._engine) as connection:
            return take_or_explain(connection, asked, standing=fresh, now=now)

    def _take_at_once(self, asked: Asked, standing: Standing, now: datetime) -> Receipt | None:
        try:
            if self._engine.dialect.name == "postgresql":
                way = one_statement(self._engine)
                return take_at_once(way, asked, standing=standing, now=now)
            with connection_of_work(self._engine) as connection:
                return take_at_once(connection, asked, standing=standing, now=now)
        except DomainError:
            return None  # a repeat is answered whatever the provider may do today
        except IntegrityError as trouble:
            if not is_repeat(trouble):
                raise
            return None

    def hashes(self, codes: Sequence[str]) -> tuple[bytes, ...]:
        """Return the look-up keys of codes as they were typed or scanned, each once.

        Raises:
            NoCode, TooManyCodes, NotACode, MistypedCode: nothing to look up.
        """
        if not codes:
            raise NoCode
        if len(codes) > MOST_CODES:
            raise TooManyCodes(most=MOST_CODES)
        try:
            read = [read_code(code) for code in codes]
        except BadCode as bad:
            raise MistypedCode if bad.mistyped else NotACode from bad
        return tuple(dict.fromkeys(self._vault.hash(code) for code in read))

    def keep(
        self, key: bytes | int, refusal: DomainError, standing: Standing, now: datetime
    ) -> None:
        """Write a refusal down, and lock the device when it tried too many wrong codes."""
        if retrying(lambda: self._note(refusal, standing, now)):
            self.forget(key)

    def _note(self, refusal: DomainError, standing: Standing, now: datetime) -> bool:
        with Session(self._engine) as db, unit_of_work(db):
            return refusals.note(
                db,
                refusal,
                provider_id=standing.provider_id,
                device_id=standing.device_id,
                now=now,
            )

"""What two people must do, no job and no device does."""

from repit.domain.actors import Actor, person_id_of
from repit.domain.settlements.errors import NobodyInParticular


def in_person(actor: Actor) -> None:
    """Refuse whoever is nobody: two different jobs, or two devices, are not two people.

    Raises:
        NobodyInParticular: it is no person.
    """
    if person_id_of(actor) is None:
        raise NobodyInParticular

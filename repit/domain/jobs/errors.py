"""Why a worker puts a job down before its end. None of it is the job's fault."""


class LeaseLostError(Exception):
    """Another worker has the job: this one was silent for too long."""


class StoppingError(Exception):
    """The worker was asked to stop; the job goes back for the next one."""

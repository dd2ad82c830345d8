"""Errors of the fork server: one class per cause, each with a stable code and a text that is safe to show."""

from storage.errors import StorageError


class ForkServerError(StorageError):
    """Base of everything `run` raises."""

    code = "storage.forkserver"
    text = "The isolated worker failed. Try again; if it fails again, tell the system officer."

    def __init__(self, text: str = "") -> None:
        super().__init__(text or self.text)


class ForkServerUnavailable(ForkServerError):
    """The server process could not be started: the operator's matter."""

    code = "storage.forkserver_unavailable"
    text = "The isolated worker could not be started. Run `doctor` and look at the server's log."


class JobTimeout(ForkServerError):
    """The job used up its wall-clock or CPU seconds, or no worker was free in time."""

    code = "storage.job_timeout"
    text = "Reading this file took too long and was stopped. Store it without a preview, or split it."


class JobCrashed(ForkServerError):
    """The child died or raised: the bytes broke the parser. `cause` names the exception or signal."""

    code = "storage.job_crashed"
    text = "This file broke the program that reads it. Save it again from the program it came from."

    def __init__(self, cause: str = "") -> None:
        super().__init__()
        self.cause = cause


class JobTooLarge(ForkServerError):
    """Input, output or memory went over the job's limits."""

    code = "storage.job_too_large"
    text = "This file is too large to be read here. Store it without a preview, or split it."


class JobRefused(ForkServerError):
    """The task is unknown, or the task itself said no; `reason` is the task's own code."""

    code = "storage.job_refused"
    text = "The isolated worker refused this job."

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(text)
        self.reason = reason

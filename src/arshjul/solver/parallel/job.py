"""A job in a worker, whose own errors are told apart from what becomes of the worker by where they are raised."""

import pickle
from collections.abc import Callable
from typing import Any

from arshjul.errors import ArshjulError


class JobError(Exception):
    """An error of a wrong program, raised by the job itself: another engine or worker would only hide it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def run_job(first: Any, work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of `work(first, *arguments)`; `first` is what the worker gives each job.

    JobError: the job raised an error of a wrong program. Errors for people, engines' faults, and want of memory, files
    or processes are raised as they are.
    """
    try:
        return work(first, *arguments)
    except (ArshjulError, MemoryError, OSError):
        raise
    except Exception as error:
        failed = JobError(_portable(error))
    raise failed  # here, where it has no context: Dask would send that with it


def _portable(error: Exception) -> Exception:
    """The error, or one that names its kind where it cannot be sent: a worker would end over it."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(type(error).__name__)
    return error

"""A job in a worker. Where an error is raised tells the job's own errors from failures of the worker."""

import pickle
from collections.abc import Callable
from typing import Any

from arshjul.errors import ArshjulError


class JobError(Exception):
    """A programming error raised by the job itself: another engine or worker would only hide it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def run_job(first: Any, work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of `work(first, *arguments)`; `first` is what the worker gives each job.

    JobError: the job raised a programming error. Errors for people, engines' faults, and lack of memory, files or
    processes are raised as they are.
    """
    try:
        return work(first, *arguments)
    except (ArshjulError, MemoryError, OSError):
        raise
    except Exception as error:
        failed = JobError(_portable(error))
    raise failed  # here, without a context, which Dask would send along


def _portable(error: Exception) -> Exception:
    """The error, or one that names its type if it cannot be pickled, which would end the worker."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(type(error).__name__)
    return error

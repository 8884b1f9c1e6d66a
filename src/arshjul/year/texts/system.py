"""Errors of the system in words of the user's language: the system's own are English."""

import errno
import socket

from arshjul.errors import Message

_KNOWN = {
    errno.ENOENT: Message("there is no such file or folder; check the path"),
    errno.EISDIR: Message("it is a folder"),
    errno.ENXIO: Message("it is not an ordinary file"),
    errno.ENOTDIR: Message("a file is in the folder's place"),
    errno.EEXIST: Message("the name is taken"),
    errno.ENOTEMPTY: Message("the folder is not empty"),
    errno.EACCES: Message("that is not allowed"),
    errno.EPERM: Message("that is not allowed"),
    errno.EROFS: Message("it is read-only"),
    errno.ENOSPC: Message("the disk is full"),
    errno.EDQUOT: Message("the user's disk quota is used up"),
    errno.EFBIG: Message("the file is too large"),
    errno.EIO: Message("the disk does not respond properly"),
    errno.ENAMETOOLONG: Message("the name is too long"),
    errno.EINVAL: Message("the name cannot be used"),
    errno.ELOOP: Message("links lead round in a circle"),
    errno.EXDEV: Message("it spans two disks"),
    errno.EBUSY: Message("something else is using it"),
    errno.EMFILE: Message("too many files are open"),
    errno.ENFILE: Message("too many files are open"),
    errno.ENOMEM: Message("there is no memory left"),
    errno.ECONNREFUSED: Message("nobody listens there"),
    errno.EHOSTUNREACH: Message("it cannot be reached"),
    errno.ENETUNREACH: Message("it cannot be reached"),
    errno.ETIMEDOUT: Message("no answer came in time"),
    errno.EADDRINUSE: Message("another process has that port"),
    errno.EADDRNOTAVAIL: Message("this machine has no such address"),
}


def why(error: OSError) -> Message:
    """The reason in a few words; for an uncommon error, the system's code."""
    if error.errno is None and isinstance(error, TimeoutError):
        return _KNOWN[errno.ETIMEDOUT]
    if isinstance(error, socket.gaierror) or (error.errno or 0) < 0:  # error numbers of name resolution are negative
        return Message("no machine has that name")
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return _KNOWN.get(error.errno or 0, Message("the system's error {name}", {"name": name}))

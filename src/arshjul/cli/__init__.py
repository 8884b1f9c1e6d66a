"""The command line: parse, call one action, print. Modules that are slow to import are imported in commands.

Data goes to standard output, messages and progress to standard error.
"""

import signal

__all__ = ["main"]


def main() -> None:
    """The command line as a process of its own. Ctrl-C is heard once it is imported: only then can it be answered."""
    pressed = list[int]()
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    from arshjul.cli import app, console

    try:
        if is_heard:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if pressed:
            app.end_interrupted(console.NOTHING_WRITTEN)
        app.main()
    except KeyboardInterrupt:
        app.end_interrupted()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interpreter that ends would tell of it

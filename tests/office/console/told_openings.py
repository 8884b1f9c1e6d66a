"""How a run of `test_told_machine.py` may begin: what seldom comes about by chance. Each is tried once, by itself.

A step is a rule of the machine with what it is given; it is judged after each, so that none says what is to be seen.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller as do
from typing import Any

Step = Callable[[Any], object]

NEW = do("is_new_here")
MOVE, MOVE_ON, SOON = do("moves", "OP-002", 10), do("moves", "OP-002", 12), do("moves", "OP-002", 1)
MOVE_OTHER = do("moves", "OP-000", 10)
MOVE_QUIETLY, MOVE_OTHER_QUIETLY = (do("moves", id, 10, mail=False) for id in ("OP-002", "OP-000"))
UNDO, SEND, DIE, REFUSE = do("undoes"), do("sends"), do("dies_after_the_text"), do("is_refused")
SAY, SAY_NEXT, UNSAY = do("says", 0), do("says", 1), do("says_that_it_was_not_said")
ELSEWHERE, NOWHERE = do("is_reached_elsewhere", "a0"), do("is_reached_elsewhere", "a0", has_one=False)
BACK_UP, RESTORE, RESTORE_ALONE = do("backs_up"), do("restores", is_lost=False), do("restores", is_lost=True)
LEAVE = do("leaves_or_comes_back", "OP-002")
HOURS, DAY, DAYS = (do("time_passes", hours) for hours in (5, 24, 72))
CLOCK_BACK = do("the_clock_is_set_back", 30)
ASK = do("asks_everybody", "OP-002", 12)

OPENINGS: Mapping[str, Sequence[Step]] = {
    "told once": (MOVE, SEND, SEND, SAY),
    "changed before it is told": (MOVE, MOVE_ON, SEND, SAY),
    "undone before it is told": (MOVE, UNDO, SEND),
    "undone after it is told": (MOVE, SEND, SAY, UNDO, SEND, SAY),
    "undone after it may be told": (MOVE, DIE, UNDO, SEND),
    "changed after it may be told": (MOVE, DIE, MOVE_ON, SEND, UNDO),
    "may be told again and again": (MOVE, DIE, DIE, DIE, DIE, SAY, UNDO),
    "taken back, told": (MOVE, SAY, UNSAY, SAY, SEND),
    "taken back, undone": (MOVE, SAY, SAY, SAY, UNSAY, UNDO),
    "mailed by hand, taken back": (MOVE, SAY_NEXT, UNSAY, SEND),
    "another mailbox": (MOVE, ELSEWHERE, SEND, UNDO),
    "another mailbox after it may be told": (MOVE, DIE, ELSEWHERE, SEND),
    "no mailbox, and another": (MOVE, NOWHERE, SEND, SAY, UNDO, ELSEWHERE, SEND),
    "another mailbox, published": (ELSEWHERE, MOVE, NOWHERE, UNDO, SEND, SAY),
    "restored over what was mailed since": (BACK_UP, MOVE, SEND, RESTORE, SAY, MOVE, SEND),
    "restored over what was said since": (MOVE, BACK_UP, SAY, SAY, RESTORE, SEND),
    "restored over what may be told since": (BACK_UP, MOVE, DIE, RESTORE, SEND),
    "restored over what waited, and may be told": (MOVE, BACK_UP, DIE, RESTORE, UNDO),
    "restored over another mailbox": (MOVE, BACK_UP, ELSEWHERE, SEND, RESTORE, SEND),
    "restored alone": (BACK_UP, MOVE, SEND, RESTORE_ALONE, MOVE_ON, SEND),
    "restored alone, what waited": (MOVE, BACK_UP, SEND, RESTORE_ALONE, SEND, SAY),
    "restored alone, what waited, changed": (MOVE, BACK_UP, SEND, RESTORE_ALONE, MOVE_ON, SEND, SAY, SAY, MOVE, SEND),
    "restored alone, another mailbox": (MOVE, BACK_UP, RESTORE_ALONE, ELSEWHERE, SEND),
    "restored alone, and undone": (MOVE, BACK_UP, SAY, RESTORE_ALONE, UNDO, SEND),
    "asked": (ASK, SEND, SEND, do("answers", "a0", "yes"), MOVE, SEND),
    "asked elsewhere": (ASK, ELSEWHERE, SEND, SEND),
    "asked elsewhere after it may be asked": (ASK, DIE, ELSEWHERE, SEND),
    "asked nowhere": (ASK, NOWHERE, SEND, ELSEWHERE),
    "asked, and published": (ASK, MOVE, SEND, SAY),
    "soon": (SOON, SEND, SAY, SAY, SAY),
    "soon, and called": (SOON, SAY, SAY, SAY, SEND),
    "soon, called and mailed, taken back": (SOON, SAY, SAY, SAY, SEND, UNSAY, SAY),
    "soon, called and mailed twice, taken back": (SOON, SAY, SAY, SAY, SEND, MOVE_OTHER, SEND, UNSAY, SAY),
    "soon, called and mailed, taken back when it is not": (SOON, SAY, SAY, SAY, SEND, CLOCK_BACK, UNSAY),
    "called about, moved and mailed in time": (
        *(DAYS, DAYS, do("moves", "OP-002", 6), SAY, SAY, SAY, SEND),
        *(DAY, DAY, MOVE, SAY, SEND, DAYS, DAYS, DAYS),
    ),
    "soon, and undone": (SOON, SEND, SAY, UNDO, SEND),
    "soon after it was mailed": (MOVE, SEND, DAYS, DAYS, HOURS),
    "soon before it was mailed": (do("moves", "OP-002", 4), DAY, DAY, SEND, SAY),
    "past before it was mailed": (do("moves", "OP-002", 4), do("calls_off", "OP-000"), DAYS, DAYS, SEND, SAY),
    "soon later on the same day": (do("moves", "OP-002", 3), DAY, HOURS, SEND),
    "left": (LEAVE, SEND, SAY),
    "left and come back": (LEAVE, LEAVE, SEND),
    "left, told, come back": (LEAVE, SAY, LEAVE, SAY),
    "left the year": (do("leaves_the_year"), SAY, UNDO),
    "left the year untold": (MOVE, do("leaves_the_year"), SAY),
    "killed while it is sent, and sent at once": (
        MOVE,
        *(do("is_killed_while_sending", step, at_once=True) for step in (9, 11, 13)),
    ),
    "killed while it is sent": (MOVE, *(do("is_killed_while_sending", step) for step in (11, 13, 15)), UNDO),
    "killed while it is published": (*(do("is_killed_while_publishing", "OP-002", step) for step in (5, 10, 15)), SEND),
    "not sent": (MOVE, do("cannot_send", "RCPT", b"451 later\r\n"), do("cannot_send", "DATA", b""), SEND),
    "not sent, and changed": (MOVE, do("cannot_send", "DATA", b""), SOON, SEND, SAY),
    "not sent, and said": (MOVE, do("cannot_send", "RCPT", b"550 no\r\n"), SAY, SAY, SAY, SEND),
    "refused": (MOVE, REFUSE, UNDO, MOVE, SEND),
    "left when it is sent": (MOVE, do("dies_when_it_is_left"), SEND),
    "two send": (MOVE, do("two_send"), SEND),
    "ticked while it is sent": (MOVE, do("is_ticked_while_it_is_sent"), SEND),
    "moved while it is sent": (MOVE, do("moves_while_it_is_sent", "OP-002", 12), SEND, UNDO),
    "undone while it is sent": (MOVE, do("undoes_while_it_is_sent"), SEND),
    "ticked on an old page": (MOVE, MOVE_ON, do("ticks_an_old_page"), SEND),
    "told on an old page": (MOVE, SAY, do("ticks_an_old_page"), SAY),
    "clocks": (MOVE, SEND, CLOCK_BACK, UNDO, DAY, MOVE),
    "the first plan": (NEW, SEND, SAY, MOVE, SEND),
    "the first plan, changed": (NEW, MOVE, SEND, UNDO),
    "the first plan, called off": (NEW, do("calls_off", "OP-002"), SEND, SAY, MOVE),
    "the first plan may be told": (NEW, DIE, MOVE, SEND, SAY),
    "the first plan, soon": (NEW, SOON, SEND, SAY, SAY),
    "the first plan, restored": (NEW, BACK_UP, SEND, RESTORE, MOVE),
    "the first plan, restored alone": (NEW, BACK_UP, SEND, RESTORE_ALONE, SEND, MOVE),
    "called off": (do("calls_off", "OP-002"), SEND, UNDO, SEND),
    "police taken away": (do("withdraws", 5, 6), SEND),
    "published without a mail": (MOVE_QUIETLY, SEND, SAY, UNDO),
    "called about, and published without a mail": (SOON, SAY, MOVE_OTHER_QUIETLY, SAY),
    "called about what may be told, and published without a mail": (MOVE, DIE, SOON, SAY, MOVE_OTHER_QUIETLY, SAY),
}

"""Faults in what a rule allows and posts, and in the levels and the board that it writes on."""

from tests.rules.faults.planting import Fault

ON_THE_BOARD = (
    Fault(
        "rules.hard.open_day", "return context.slots.open", "return context.slots.grid.all", "closed dates are allowed"
    ),
    Fault("rules.hard.window", " & ~grid.within(operation.not_on)", "", "not_on is forgotten"),
    Fault("rules.hard.window", "grid.in_shifts(operation.shifts)", "grid.all", "the operation's shifts are forgotten"),
    Fault(
        "rules.hard.lead_time",
        "timedelta(days=context.scenario.settings[LEAD_TIME_DAYS])",
        "timedelta(days=context.scenario.settings[LEAD_TIME_DAYS] + 1)",
        "one day too many",
    ),
    Fault(
        "rules.hard.lead_time",
        "operation.nominated_on is None or operation.short_notice:",
        "operation.nominated_on is None:",
        "short notice is not exempt",
    ),
    Fault(
        "rules.hard.fixed",
        "else context.slots.grid.single(pin)",
        "else context.slots.grid.between(pin.day, pin.day)",
        "the pinned shift does not matter",
    ),
    Fault(
        "rules.hard.fixed",
        "pin = context.pin(operation)\n        return context",
        "pin = operation.fixed\n        return context",
        "a pin never yields",
    ),
    Fault(
        "rules.hard.not_past", "return context.to_come", "return context.slots.grid.all", "the past is open to the rest"
    ),
    Fault("rules.hard.not_past", "builder.must_stand(operation)", "pass", "history may be left out"),
    Fault("rules.hard.not_past", "if old.police == unit else 0", "", "history may get another unit"),
    Fault("rules.hard.freeze", "builder.must_stand(operation)", "pass", "what is frozen may be left out"),
    Fault(
        "rules.hard.freeze",
        "return context.slots.grid.single(old.slot) if old.police == unit else 0",
        "return context.slots.grid.single(old.slot)",
        "what is frozen may get another unit",
    ),
    Fault(
        "rules.hard.notice",
        "timedelta(days=context.scenario.settings[NOTICE_DAYS])",
        "timedelta(days=context.scenario.settings[NOTICE_DAYS] - 1)",
        "one day too few",
    ),
    Fault(
        "rules.hard.notice", "else same_slot & context.later", "else 0", "another unit at the same slot needs notice"
    ),
    Fault(
        "rules.hard.notice",
        "slots = context.later\n",
        "slots = context.slots.grid.all\n",
        "short notice may come before the moment",
    ),
    Fault(
        "rules.hard.police_officers",
        "builder.draw(mode, self.id, mode.unit, mode.operation.officers,",
        "builder.draw(mode, self.id, mode.unit, 1,",
        "every operation draws one officer",
    ),
    Fault(
        "rules.hard.police_officers",
        "builder.draw(mode, self.id, mode.unit, mode.operation.officers,",
        "builder.draw(mode, self.id, '', mode.operation.officers,",
        "units share their officers",
    ),
    Fault(
        "rules.hard.police_officers",
        "builder.limit(self.id, total, limit,",
        "builder.require(self.id, total, limit,",
        "the month forgets history",
    ),
    Fault(
        "rules.hard.police_officers",
        "months[mode.unit, context.slots.first_of_month(day)]",
        "months[mode.unit, context.slots.grid.day(day - context.slots.grid.day(day).weekday())]",
        "the month is a week",
    ),
    Fault(
        "rules.hard.designated_officer",
        'if mode.operation.designated == "require"',
        'if mode.operation.designated != "none"',
        "who only prefers one takes one",
    ),
    Fault(
        "rules.hard.designated_officer",
        "context.slots.designated[mode.unit])",
        "context.slots.officers[mode.unit])",
        "any officer will do",
    ),
    Fault(
        "rules.hard.agency_teams",
        "slots &= context.slots.slots_with_teams(agency, teams)",
        "slots &= context.slots.slots_with_teams(agency, 1)",
        "one team is enough",
    ),
    Fault(
        "rules.hard.agency_teams",
        "builder.draw(mode, self.id, agency, teams,",
        "builder.draw(mode, self.id, agency, 1,",
        "one team is sent, whatever is asked",
    ),
    Fault(
        "rules.hard.agency_load",
        "if subject.week is None else",
        "if subject.week is not None else",
        "week and month are swapped",
    ),
    Fault("rules.hard.agency_load", "builder.limit(", "builder.require(", "history is forgotten"),
    Fault(
        "rules.hard.agency_load",
        "sums[Subject(agency, week=context.slots.week(day))].add(mode, column, teams)",
        "sums[Subject(agency, week=context.slots.week(day))].add(mode, column, 1)",
        "operations are counted, not teams",
    ),
    Fault(
        "rules.hard.daily_rest",
        "if hours[other][1] > starts]",
        "if hours[other][1] >= starts]",
        "the end of the rest is taken too",
    ),
    Fault(
        "rules.hard.daily_rest",
        "active = [*still, slot]\n    yield tuple(active)",
        "active = [*still, slot]",
        "the last set of slots is forgotten",
    ),
    Fault(
        "rules.hard.daily_rest",
        "builder.limit(",
        "builder.require(",
        "history is forgotten",
    ),
    Fault(
        "rules.hard.sector_spacing",
        "bisect_right(days, first + spacing - 1)",
        "bisect_right(days, first + spacing)",
        "one day too many",
    ),
    Fault(
        "rules.hard.sector_spacing",
        "            if mode.operation.id in counted:\n",
        "            if mode.operation.id:\n",
        "tied ones count among themselves",
    ),
    Fault(
        "rules.hard.sector_spacing",
        "groups[mode.operation.sector, mode.operation.area]",
        "groups[mode.operation.sector, '']",
        "areas are forgotten",
    ),
    Fault("rules.hard.sector_spacing", "builder.limit(", "builder.require(", "history is forgotten"),
    Fault(
        "rules.hard.daily_limit",
        "key_of(mode.operation.area, day)].add",
        "key_of(mode.operation.sector, day)].add",
        "the sector instead of the area",
    ),
    Fault(
        "rules.hard.daily_limit",
        "(settings[PER_WEEK], lambda _, day: (context.slots.week(day),), None),",
        "(settings[PER_WEEK], lambda _, day: (context.slots.week(day),), once),",
        "tied ones count once in their week",
    ),
    Fault("rules.hard.daily_limit", "builder.limit(", "builder.require(", "history is forgotten"),
    Fault(
        "rules.hard.follow_up",
        "Lag(*numbers, after.min_days, after.max_days)",
        "Lag(*numbers, after.min_days, after.max_days or None)",
        "a max_days of 0 is none",
    ),
    Fault(
        "rules.hard.follow_up", "Lag(*numbers, after.min_days,", "Lag(*numbers, after.min_days + 1,", "one day too many"
    ),
    Fault(
        "rules.hard.follow_up",
        "builder.number[after.operation], builder.number[operation.id]",
        "builder.number[operation.id], builder.number[after.operation]",
        "the follow-up comes first",
    ),
    Fault(
        "rules.hard.follow_up",
        "if after is not None and operation.id not in context.history:",
        "if after is not None and not {operation.id, after.operation} <= context.history.keys():",
        "a follow-up that has begun binds its earlier operation",
    ),
    Fault(
        "rules.hard.apart",
        "for other in operation.not_same_day_as\n            if",
        "for other in operation.not_same_day_as[:1]\n            if",
        "only the first that is named",
    ),
    Fault(
        "rules.hard.together",
        "for late, one, other in (second, here, there), (first, there, here):",
        "for late, one, other in ((second, here, there),):",
        "the second may come alone",
    ),
    Fault(
        "rules.hard.together",
        "for first, *others in context.scenario.ties():",
        "for first, *others in (group[:2] for group in context.scenario.ties()):",
        "the third of three is forgotten",
    ),
    Fault(
        "rules.soft.preferred_period",
        "price * min(-(-outside // 7), MOST_WEEKS)",
        "price * min(outside // 7, MOST_WEEKS)",
        "only whole weeks count",
    ),
    Fault(
        "rules.soft.preferred_period", "max(first - day, day - last, 0)", "max(day - last, 0)", "early costs nothing"
    ),
    Fault(
        "rules.soft.even_load",
        "-(-demand[agency] * open_days[month] // year)",
        "demand[agency] * open_days[month] // year",
        "the share is rounded down",
    ),
    Fault(
        "rules.soft.even_load",
        "context.slots.grid.numbers(context.slots.open)[::n_shifts]",
        "range(0, context.slots.grid.size, n_shifts)",
        "closed dates count",
    ),
    Fault(
        "rules.soft.optional_agency",
        "(*mode.operation.agencies.items(), *mode.operation.optional_agencies.items())",
        "mode.operation.optional_agencies.items()",
        "required teams are forgotten",
    ),
    Fault(
        "rules.soft.optional_agency",
        "teams = max(context.slots.teams[agency][slot], past[agency, slot])",
        "teams = context.slots.teams[agency][slot]",
        "history is forgotten",
    ),
    Fault(
        "rules.soft.designated_preferred",
        'if mode.operation.designated != "none" and',
        'if mode.operation.designated == "prefer" and',
        "those who require one are forgotten",
    ),
    Fault(
        "rules.soft.designated_preferred",
        "max(context.slots.police[unit][slot].designated, past[unit, slot])",
        "context.slots.police[unit][slot].designated",
        "history is forgotten",
    ),
    Fault(
        "rules.soft.fair_interest",
        "for agency in {*operation.agencies, operation.lead_agency}:",
        "for agency in operation.agencies:",
        "the lead agency does not count",
    ),
    Fault(
        "rules.soft.fair_interest",
        "whole[agency] - whole[agency] * share // 100",
        "whole[agency] * (100 - share) // 100",
        "what may stay unserved is rounded up",
    ),
    Fault(
        "rules.soft.often_withdrawn",
        "builder.cost(QUALITY, column, price * risk[slot])",
        "builder.cost(QUALITY, column, risk[slot])",
        "the price is forgotten",
    ),
    Fault("rules.soft.guessable", "day + 1, 7)", "day, 7)", "the stretch that begins on the date is forgotten"),
    Fault(
        "rules.soft.guessable",
        "            if mode.operation.id in once:\n",
        "            if mode.operation.id:\n",
        "tied ones count each",
    ),
    Fault(
        "rules.soft.kept_close",
        "OTHER_WEEKDAY if away % 7 else 0",
        "OTHER_WEEKDAY if away else 0",
        "every date is another weekday",
    ),
    Fault(
        "rules.soft.kept_close",
        "builder.cost(QUALITY, column, price * told)",
        "builder.cost(QUALITY, column, price)",
        "another unit tells one",
    ),
    Fault(
        "rules.objectives",
        "builder.cost_unplaced(operation.id, MUSTS, int(operation.is_must))",
        "builder.cost_unplaced(operation.id, MUSTS, int(operation.must))",
        "a pinned one is no must",
        "whole",
    ),
    Fault(
        "rules.objectives",
        "unforced = 0 if operation.id in context.hit else objective.change_points",
        "unforced = objective.change_points",
        "a hit one pays for its change",
        "whole",
    ),
    Fault(
        "rules.objectives",
        "if (slot, mode.unit) != (number, old.police):",
        "if slot != number:",
        "another unit is no change",
        "whole",
    ),
    *(
        Fault(
            "rules.builder",
            "self.capacities[resource][day] = max(self.capacities[resource][day], used[day])",
            "pass",
            f"history is forgotten by {rule}",
            rule,
        )
        for rule in ("police-officers", "designated-officer", "agency-teams")
    ),
    Fault(
        "rules.builder",
        "max(self.capacities[resource][day], used[day])",
        "max(self.capacities[resource][day], amount)",
        "of history each alone keeps what it used",
        "agency-teams",
    ),
    Fault(
        "rules.builder",
        "self.history += coefficient",
        "self.history = coefficient",
        "of history the last alone counts",
        "agency-load",
    ),
    Fault(
        "rules.builder",
        "if total.reach > at_most:",
        "if total.reach > at_most + 1:",
        "a row that just binds is left out",
        "whole",
    ),
    Fault(
        "rules.builder",
        "self.reach += coefficient\n        elif",
        "self.reach = coefficient\n        elif",
        "a row's reach is that of its last operation",
        "whole",
    ),
    Fault(
        "rules.builder",
        "before += len(mode.days)",
        "before += len(mode.days) - 1",
        "options are numbered wrongly",
        "whole",
    ),
    Fault(
        "rules",
        "slots[unit] &= rule.allowed(context, operation, unit)",
        "slots[unit] |= rule.allowed(context, operation, unit)",
        "one rule that allows is enough",
        "whole",
    ),
    Fault(
        "board",
        "if lag.before not in placed:\n        return False",
        "if lag.before not in placed:\n        return True",
        "a follow-up may come alone",
        "follow-up",
    ),
)

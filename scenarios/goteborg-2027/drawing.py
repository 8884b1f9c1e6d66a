"""The year's operations, drawn sector by sector.

Sourced: more than 100 operations a year, five of them GVI (Miljöförvaltningen, Göteborgs Stad, 2024-12-06); follow-ups
(in 2019-20 seven businesses were visited, four of them more than once: vartgoteborg.se); tyre shops in autumn (local
press); a European action week in the second half of April (Europol, 2024); that objects are chosen all through the
year (the report, 3.1.4). Assumed: every other number here.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

import words
from offers import Offer, weekday
from operations import AKC, MF, MV, NIGHT, RESERVES, SECTORS, SLK, TE, Draft, Period

AREAS = ("city", "nordost", "hisingen", "syd")
BORDER = "granspolisen"
NIGHT_ELSEWHERE = "lpo-city"
"""Serves nightlife in an area whose own unit lends no nights."""
FIRST_DAY, LAST_DAY = date(2027, 1, 11), date(2027, 12, 18)
ACTION_WEEK = (date(2027, 4, 19), date(2027, 4, 23))
TYRE_SEASON = (date(2027, 10, 1), date(2027, 11, 30))
BUILDING_SEASON = (date(2027, 3, 1), date(2027, 11, 30))
PER_130 = {
    "gvi": 5, "follow-up": 19, "border-only": 10, "action-week": 4, "tyre": 5, "many-sites": 6, "apart": 4,
    "migration": 15,
}  # fmt: skip
NEW_YEAR = date(2027, 1, 4)
IN_THE_YEAR = {"free": 0.72, "follow-up": 0.55}
"""Shares of operations that are nominated in the year itself: half of all."""
LEAD, SLACK = timedelta(days=42), timedelta(days=45)
"""From a nomination to the first date, and from there to the last one that still suits."""
SPREAD_DAYS = 60
"""So much of the year the nominations of one window are spread over."""
DESIGNATED = {"city": (40, 40, 20), "hisingen": (50, 50, 0), "nordost": (80, 20, 0), "syd": (80, 20, 0)}
"""Weights of none, prefer and require: officers are designated in the city, and on Hisingen after the summer."""


class YearOfOperations:
    """Draws `n` operations against what the police offer; `drafts` holds them, in order of sector."""

    def __init__(self, n: int, offers: Sequence[Offer], rng: Random, proposals: Random) -> None:
        self._offers = offers
        self._rng = rng
        self._share = n / 130
        self.drafts = list(self._by_sector_and_area(n))
        self._draw_same_slots()
        self._draw_programmes()
        self._draw_seasons()
        self._draw_follow_ups()
        self._draw_windows()
        self._draw_priorities()
        self._draw_police()
        self._draw_agencies()
        self._draw_wishes()
        self._draw_pins()
        self._draw_apart()
        self._draw_reserves()
        self._draw_titles_and_sites()
        self._draw_proposals(proposals)

    def _by_sector_and_area(self, n: int) -> Iterator[Draft]:
        number = 0
        for sector, of_sector in zip(SECTORS, _shared_out(n, [sector.n for sector in SECTORS]), strict=True):
            areas = [
                area for area, k in zip(AREAS, _shared_out(of_sector, sector.areas), strict=True) for _ in range(k)
            ]
            self._rng.shuffle(areas)
            for area in areas:
                number += 1
                yield Draft(f"OP-{number:03d}", sector, area)

    def _count(self, what: str) -> int:
        return max(1, round(PER_130[what] * self._share))

    def _free(self, *sectors: str) -> list[Draft]:
        """The operations, of these sectors if given, whose dates are not spoken for; in drawn order."""
        free = [draft for draft in self.drafts if not draft.special and (not sectors or draft.sector.id in sectors)]
        self._rng.shuffle(free)
        return free

    def _draw_same_slots(self) -> None:
        """Two pairs to be struck at the same time: in one area, and in two; one slot's teams suffice for each."""
        by_place: dict[tuple[str, str], list[Draft]] = {}
        for draft in self._free():
            by_place.setdefault((draft.sector.id, draft.area), []).append(draft)
        restaurants = by_place["restaurant", "city"][:2]
        vehicles = [by_place["vehicle", "hisingen"][0], by_place["vehicle", "syd"][0]]
        for one, other in (sorted(pair, key=lambda draft: draft.id) for pair in (restaurants, vehicles)):
            other.same_slot_as = one.id
            one.special = other.special = one.tied = other.tied = True

    def _draw_programmes(self) -> None:
        """GVI, led by the executive office: wanted at short notice just when the police are scarce."""
        free = self._free("restaurant", "nightlife", "food-retail", "beauty", "vehicle")
        for draft in [draft for draft in free if draft.programme == "akc"][: self._count("gvi")]:
            draft.programme, draft.priority, draft.special = "gvi", 1, True
            draft.required.insert(0, SLK)
            if self._rng.random() < 0.5:
                draft.window = self._months(FIRST_DAY, LAST_DAY)

    def _draw_seasons(self) -> None:
        for draft in self._free("vehicle")[: self._count("tyre")]:
            draft.title, draft.window, draft.special = words.TYRE_SHOPS, TYRE_SEASON, True
        week = self._free("cleaning", "construction", "restaurant", "beauty", "food-retail")
        in_places = {(draft.sector.id, draft.area): draft for draft in week}
        for draft in list(in_places.values())[: self._count("action-week")]:
            draft.window, draft.special, draft.priority = ACTION_WEEK, True, 1

    def _draw_follow_ups(self) -> None:
        """The earlier one's window opens by June, the later one's as much later as a follow-up may be."""
        places: dict[tuple[str, str], list[Draft]] = {}
        for draft in self._free():
            places.setdefault((draft.sector.id, draft.area), []).append(draft)
        pairs = [pair for group in places.values() for pair in zip(group[::2], group[1::2], strict=False)]
        for first, second in self._rng.sample(pairs, self._count("follow-up")):
            earlier, later = sorted((first, second), key=lambda draft: draft.id)
            earlier.special = later.special = True
            later.after = earlier.id
            season = earlier.sector.id == "construction"
            opens = BUILDING_SEASON[0] if season else FIRST_DAY
            if season or self._rng.random() < 0.5:
                earlier.window = self._months(opens, date(2027, 7, 9))
            if season or self._rng.random() < 0.5:
                after = earlier.window[0] if earlier.window else opens
                later.window = self._months(
                    after + timedelta(days=75), min(after + timedelta(days=320), BUILDING_SEASON[1]), 3
                )

    def _draw_windows(self) -> None:
        """Half the year, half two to five months with their starts spread; building from March to November."""
        free = self._free()
        narrow = free[: len(free) // 2]
        for k, draft in enumerate(narrow):
            opens, closes = BUILDING_SEASON if draft.sector.id == "construction" else (FIRST_DAY, LAST_DAY)
            days = self._rng.randint(61, 152)
            spread = (k + self._rng.random()) / len(narrow)
            start = _monday(opens + timedelta(days=int(spread * ((closes - opens).days - days))))
            draft.window = (max(start, opens), min(start + timedelta(days=days - 3), closes))
        for draft in free[len(free) // 2 :]:
            if draft.sector.id == "construction":
                draft.window = BUILDING_SEASON

    def _draw_priorities(self) -> None:
        """A fifth high, half in the middle; the GVI ones and the action week's count as high."""
        rest = [draft for draft in self.drafts if draft.priority != 1]
        n_high = round(len(self.drafts) / 5) - (len(self.drafts) - len(rest))
        self._rng.shuffle(rest)
        for k, draft in enumerate(rest):
            draft.priority = 1 if k < n_high else 2 if k < n_high + len(self.drafts) // 2 else 3
        for draft in self._rng.sample([draft for draft in rest if draft.priority == 1 and not draft.special], 2):
            draft.must = True

    def _draw_police(self) -> None:
        """Officers in even numbers, at most what the unit ever offers in a shift of the sector."""
        by_day = [draft for draft in self._free() if set(draft.sector.shifts) <= {"day", "evening"}]
        by_day = [draft for draft in by_day if draft.sector.officers[0]]
        for draft in by_day[: self._count("border-only")]:
            draft.police = [BORDER]
        for draft in self.drafts:
            if draft.sector.shifts == NIGHT and not self._offered_to(draft):
                draft.police = [NIGHT_ELSEWHERE]
            low, high = draft.sector.officers
            most = min(high, max(offer.officers for offer in self._offered_to(draft)))
            draft.officers = 2 if draft.tied else self._rng.choice(range(min(low, most), most + 1, 2))
            if draft.officers and draft.police != [BORDER]:
                draft.designated = self._rng.choices(("none", "prefer", "require"), weights=DESIGNATED[draft.area])[0]

    def _offered_to(self, draft: Draft) -> list[Offer]:
        """The offers of units that may serve it, in shifts of its sector."""
        units = draft.police or [f"lpo-{draft.area}", BORDER]
        return [offer for offer in self._offers if offer.unit in units and offer.shift in draft.sector.shifts]

    def _draw_agencies(self) -> None:
        for draft in self.drafts:
            draft.optional += [agency for agency, chance in draft.sector.joins.items() if self._rng.random() < chance]
            draft.interest = {agency: self._rng.choice((1, 2, 2, 3)) for agency in draft.required}
            draft.interest |= {agency: self._rng.choice((1, 1, 2, 3)) for agency in draft.optional}
        with_migration = [draft for draft in self.drafts if MV in draft.optional and not draft.tied]
        for draft in self._rng.sample(with_migration, min(self._count("migration"), len(with_migration))):
            draft.optional.remove(MV)
            draft.required.append(MV)

    def _draw_wishes(self) -> None:
        """Preferred periods, nominations still to come, and days that do not suit."""
        for draft in self.drafts:
            window = draft.window or (FIRST_DAY, LAST_DAY)
            if draft.programme != "gvi":
                draft.nominated_on = self._nominated_on(draft, window)
                window = (max(window[0], draft.nominated_on + LEAD), window[1])
            length = (window[1] - window[0]).days
            if not draft.after and length > 45 and self._rng.random() < 0.65:
                weeks = self._rng.randint(3, 8)
                start = _monday(window[0] + timedelta(days=self._rng.randint(0, max(1, length - 7 * weeks))))
                draft.preferred = (max(start, window[0]), min(start + timedelta(days=7 * weeks - 3), window[1]))
            if draft.special:
                continue
            if self._rng.random() < 0.12:
                start = _monday(window[0] + timedelta(days=self._rng.randint(0, length)))
                draft.not_on.append((start, start + timedelta(days=self._rng.choice((4, 11)))))
            days = sorted({weekday(o.day) for o in self._offered_to(draft) if o.officers >= draft.officers})
            if len(days) > 1 and self._rng.random() < 0.12:
                days.remove(self._rng.choice(days))
                draft.weekdays = [day for day in ("tue", "wed", "thu", "fri") if day in days]

    def _nominated_on(self, draft: Draft, window: Period) -> date:
        """In the autumn before, or in the year itself, where its window leaves time for that."""
        before = _workday(date(2026, 9, 1) + timedelta(days=self._rng.randint(0, 80)))
        kind = "follow-up" if draft.after else "free"
        if self._rng.random() >= IN_THE_YEAR[kind] or (draft.special and not draft.after and not draft.title):
            return before
        soonest = max(NEW_YEAR, date(2027, 2, 22) if draft.after else NEW_YEAR, window[0] - timedelta(days=70))
        latest = min(window[1] - LEAD - SLACK, date(2027, 4, 30) if draft.after and not draft.window else date.max)
        if latest < soonest:
            return before
        return _workday(soonest + timedelta(days=self._rng.randint(0, min(SPREAD_DAYS, (latest - soonest).days))))

    def _draw_pins(self) -> None:
        """Two fixed by the coordinator, in spring and in autumn, when the area's own unit lends what they need."""
        for sector, months in (("restaurant", (5, 6)), ("construction", (9, 10))):
            draft = next(draft for draft in self._free(sector) if not draft.police and not draft.must)
            draft.special = True
            draft.window, draft.preferred, draft.weekdays, draft.not_on = None, None, [], []
            draft.nominated_on = date(2026, 11, 2)
            own = [
                offer for offer in self._offered_to(draft) if offer.unit != BORDER and offer.officers >= draft.officers
            ]
            draft.fixed = self._rng.choice([offer for offer in own if offer.day.month in months])

    def _draw_apart(self) -> None:
        for one in self._free()[: self._count("apart")]:
            other = self._rng.choice([d for d in self.drafts if d.sector is one.sector and d is not one])
            one.not_same_day_as.append(other.id)

    def _draw_reserves(self) -> None:
        """Controls without police, for teams that stand free when an operation is lost."""
        sectors = {sector.id: sector for sector in reversed(SECTORS)}
        for number, (sector, area, agencies) in enumerate(RESERVES, len(self.drafts) + 1):
            draft = Draft(f"OP-{number:03d}", sectors[sector], area, priority=3, officers=0, required=list(agencies))
            draft.special = draft.reserve = True
            draft.programme = "servering" if agencies[0] == TE else draft.programme
            self.drafts.append(draft)

    def _draw_titles_and_sites(self) -> None:
        titles: dict[tuple[str, str], list[str]] = {}
        refs = self._rng.sample(range(1, 10_000), 12 * len(self.drafts))
        many = self._free()[: self._count("many-sites")]
        for draft in self.drafts:
            key = (draft.sector.id, draft.area)
            if not titles.get(key):
                titles[key] = words.titles(*key, self._rng)
            draft.title = (
                f"{draft.title} {self._rng.choice(words.PLACES[draft.area])}" if draft.title else titles[key].pop()
            )
            for _ in range(self._rng.randint(6, 11) if draft in many else self._rng.choice((1, 1, 2, 3))):
                name, address = words.business(draft.sector.id, self._rng), words.address(self._rng)
                draft.sites.append({"ref": f"2027-{refs.pop():04d}", "name": name, "address": address})
        by_id = {draft.id: draft for draft in self.drafts}
        for draft in self.drafts:
            if draft.after:
                earlier = by_id[draft.after]
                draft.title = f"Återbesök: {earlier.title}"
                draft.sites = earlier.sites[: self._rng.randint(1, len(earlier.sites))]

    def _draw_proposals(self, rng: Random) -> None:
        """Who proposed each: the centre and the agencies for AKC, now and then the area's police; else who leads."""
        for draft in self.drafts:
            who = [AKC, MF, draft.required[0], draft.required[-1], f"lpo-{draft.area}", ""]
            drawn = rng.choices(who, weights=(40, 15, 15, 15, 8, 7))[0]
            draft.proposed_by = (
                drawn if draft.programme == "akc" else rng.choice((draft.required[0], draft.required[0], ""))
            )
            if draft.programme == "gvi":
                draft.proposed_by = SLK

    def _months(self, opens: date, closes: date, at_least: int = 2) -> Period:
        """A window of two to five months somewhere between two dates, from a Monday; as much of it as fits."""
        days = min(self._rng.randint(at_least * 30 + 1, 152), (closes - opens).days)
        start = _monday(opens + timedelta(days=self._rng.randint(0, (closes - opens).days - days)))
        return max(start, opens), start + timedelta(days=days - 1)


def _shared_out(n: int, weights: Sequence[int]) -> list[int]:
    """`n` in proportion to the weights, in whole numbers: the largest remainders are rounded up."""
    exact = [n * weight / sum(weights) for weight in weights]
    whole = [int(share) for share in exact]
    for k in sorted(range(len(weights)), key=lambda k: (whole[k] - exact[k], k))[: n - sum(whole)]:
        whole[k] += 1
    return whole


def _monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _workday(day: date) -> date:
    """Itself, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))

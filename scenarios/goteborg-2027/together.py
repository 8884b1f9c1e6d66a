"""What the parties of a lived year tell each other: cards, what comes of meetings, pictures. Assumed, all of it.

It hangs on dates alone, so no plan is made anew for it. Functions speak, never persons.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

Item = dict[str, Any]


KINDS = ("cards", "agenda_points", "minutes", "meeting_actions", "pictures")


def told(since: date, today: date) -> dict[str, list[Item]]:
    """What comes in after the one date, until the other, by kind; each kind in order of date."""
    found: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    for day, kind, item in sorted(_all(), key=lambda one: one[0]):
        if since < day <= today:
            found[kind].append(item)
    return found


def _all() -> Iterator[tuple[date, str, Item]]:
    for day, card in CARDS:
        yield day, "cards", card
    for (meeting, held), (on, party, point) in POINTS.items():
        yield _day(on), "agenda_points", {"party": party, "meeting": meeting, "date": _day(held), "point": point}
    for (meeting, held), written in MINUTES.items():
        here = {"meeting": meeting, "date": _day(held)}
        agenda = {**here, "agenda": written["agenda"]}
        said = {**agenda, "came": written["came"], "said": written["said"]}
        yield _day(written["called"]), "minutes", agenda
        yield _day(written["written"]), "minutes", said
        if "approved" in written:
            yield _day(written["approved"]), "minutes", {**said, "approved_on": _day(written["approved"])}
    for id, (meeting, held, on, party, action, due, end) in ACTIONS.items():
        one = {"id": id, "meeting": meeting, "date": _day(held), "action": action, "party": party, "due": _day(due)}
        yield _day(on), "meeting_actions", one
        if end is not None:
            yield _day(end[1]), "meeting_actions", {**one, "state": end[0]}
    for picture in PICTURES:
        themes = [dict(one) for one in picture["themes"]]
        one = {key: picture[key] for key in ("id", "by", "area", "period", "valid_to")}
        yield picture["on"], "pictures", {**one, "themes": [dict(each) for each in themes]}
        for on, number, decision, reason in picture["decided"]:
            themes[number] |= {"decision": decision, "reason": reason}
            yield on, "pictures", {**one, "themes": [dict(each) for each in themes]}


def _day(text: str) -> date:
    return date.fromisoformat(text)


REVIEW = date(2028, 1, 31)
EARLY = date(2027, 1, 11)


def _card(party: str, phone: str, review_by: date = REVIEW, /, **texts: str) -> Item:
    return {"party": party, **texts, "phone": phone, "review_by": review_by}


CARDS: list[tuple[date, Item]] = [
    (EARLY, _card(
        "miljo", "Samordnaren mot osund konkurrens, 031-390 06 11",
        may="Komma in oanmält i lokaler, ta prov, begära handlingar, förelägga och förbjuda",
        may_not="Söka igenom personliga saker, kontrollera vem någon är eller hålla kvar någon",
        looks_for="Livsmedelshygien, spårbarhet, avfall och kemikalier",
        told_when="Åtta veckor före", before="Vilket slags verksamhet det är och när den har öppet",
    )),
    (EARLY, _card(
        "skatteverket", "Planeraren på kontrollenheten, 031-390 06 12",
        may="Göra oanmälda besök där personalliggare eller kassaregister krävs, och fråga vilka som arbetar",
        may_not="Följa med in på en annan myndighets beslut: vi fattar vårt eget för varje besök",
        looks_for="Personalliggare, kassaregister och löner som inte är redovisade",
        told_when="Sex veckor före", before="Verksamhetens namn och organisationsnummer, för beslutet",
    )),
    (EARLY, _card(
        "arbetsmiljoverket", "Planeraren för region Väst, 031-390 06 13",
        may="Komma in oanmält på arbetsställen, intervjua, mäta, förelägga och förbjuda",
        may_not="Pröva löner och anställningsavtal",
        looks_for="Allvarliga risker, skyddsutrustning, arbetstider och utstationerade som inte är anmälda",
        told_when="Sex veckor före", before="Vilket arbete som pågår, och på vilka språk",
    )),
    (EARLY, _card(
        "tillstand", "Samordnaren för tillsynen, 031-390 06 14",
        may="Komma in på serveringsställen, begära räkenskaper, varna och återkalla tillstånd",
        may_not="Kontrollera skatter eller rätten att arbeta",
        looks_for="Servering utan tillstånd, ordning, vem som ansvarar och vem som egentligen driver stället",
        told_when="Fyra veckor före", before="Vilket ställe, för att läsa dess tillstånd",
    )),
    (EARLY, _card(
        "raddningstjansten", "Planeraren för tillsynen, 031-390 06 15",
        may="Göra tillsyn av brandskydd, förelägga, och förbjuda att en lokal används",
        may_not="Pröva bygglov",
        looks_for="Utrymningsvägar, övernattning i lokaler, gasol och farliga ämnen",
        told_when="Fyra veckor före", before="Byggnaden och hur många som brukar vara där",
    )),
    (EARLY, _card(
        "migrationsverket", "Planeraren för efterkontrollen, 031-390 06 16",
        may="Kontrollera villkoren för arbetstillstånd, begära uppgifter av arbetsgivare och återkalla tillstånd",
        may_not="Kräva att få komma in på en arbetsplats",
        looks_for="Lön och villkor som skiljer sig från dem i tillståndet",
        told_when="Sex veckor före", before="Arbetsgivarens namn",
    )),
    (EARLY, _card(
        "forsakringskassan", "Planeraren för kontrollutredningen, 031-390 06 17", date(2027, 8, 31),
        may="Begära uppgifter i ett pågående ersättningsärende",
        may_not="Kräva att få komma in på en arbetsplats",
        looks_for="Arbete som inte går ihop med en ersättning, och felaktiga anställningar med stöd",
        told_when="Sex veckor före", before="Arbetsgivarens namn och organisationsnummer",
    )),
    (EARLY, _card(
        "stadsbyggnad", "Samordnaren för bygglovstillsynen, 031-390 06 18",
        may="Komma in i byggnader för tillsyn, och ingripa mot det som är byggt eller används utan lov",
        may_not="Pröva hur brandskyddet sköts",
        looks_for="Boende i lokaler, ändrad användning och byggen utan lov",
        told_when="Fyra veckor före", before="Fastigheten, för att läsa dess lov",
    )),
    (EARLY, _card(
        "socialforvaltningen", "Samordnaren för lägesbilden, 031-390 06 19",
        may="Ta emot orosanmälningar dygnet runt och ge stöd åt barn och vuxna som påträffas",
        may_not="Lämna uppgifter om enskilda utan samtycke eller stöd i lag",
        looks_for="Barn som far illa och människor som utnyttjas",
        told_when="Två veckor före", before="Om barn kan finnas på platsen",
    )),
    (date(2027, 1, 22), _card(
        "kronofogden", "Planeraren för verkställigheten, 031-390 06 20", date(2027, 8, 31),
        may="Utmäta hos den som har skulder i ett mål hos oss, och då söka igenom lokaler och ta med egendom",
        may_not="Delta där det inte finns något mål",
        looks_for="Kontanter, varor, fordon och vem som äger dem",
        told_when="Fyra veckor före", before="Organisationsnummer, för att se om det finns ett mål",
    )),
    (date(2027, 3, 19), _card(
        "jamstalldhetsmyndigheten", "Regionkoordinatorn mot människohandel, 031-390 06 21",
        may="Ge råd före och under insatsen när någon kan vara utsatt, och ordna kontakt med stöd",
        may_not="Kontrollera någon eller fatta beslut på platsen",
        looks_for="Tecken på människohandel och tvångsarbete",
        told_when="Två veckor före", before="Vilka språk som kan behövas",
    )),
    (date(2027, 3, 19), _card(
        "granspolisen", "Planeraren vid gränspolisen, 031-390 06 22",
        may="Kontrollera rätten att vistas och arbeta i landet, efter eget beslut, och skydda dem som kontrollerar",
        may_not="Använda andras tillsyn för att själva komma in",
        looks_for="Människor utan rätt att arbeta, och de som utnyttjar dem",
        told_when="Fyra veckor före", before="Adress, öppettider och vad som är känt om hot",
    )),
    (date(2027, 5, 31), _card(
        "arbetsmiljoverket", "Planeraren för region Väst, 031-390 06 13",
        may="Komma in oanmält på arbetsställen, intervjua, mäta, förelägga och förbjuda",
        may_not="Pröva löner och anställningsavtal",
        looks_for="Allvarliga risker, skyddsutrustning, arbetstider och utstationerade som inte är anmälda",
        told_when="Sex veckor före, åtta i juni och december", before="Vilket arbete som pågår, och på vilka språk",
    )),
    (date(2027, 9, 8), _card(
        "forsakringskassan", "Planeraren för kontrollutredningen, 031-390 06 17",
        may="Begära uppgifter i ett pågående ersättningsärende, av den som har ersättningen och av arbetsgivaren",
        may_not="Kräva att få komma in på en arbetsplats",
        looks_for="Arbete som inte går ihop med en ersättning, och felaktiga anställningar med stöd",
        told_when="Sex veckor före", before="Arbetsgivarens namn och organisationsnummer",
    )),
]  # fmt: skip
"""When each was told. Arbetsmiljöverket and Försäkringskassan have a second version; Kronofogden's grows old."""

POINTS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("network-meeting", "2027-03-17"): ("2027-03-01", "skatteverket", "Egna beslut före insatser"),
    ("network-meeting", "2027-06-09"): ("2027-05-17", "raddningstjansten", "När vi hittar övernattning i lokaler"),
    ("local-picture", "2027-08-18"): ("2027-08-13", "socialforvaltningen", "Barn som påträffas vid insatser"),
    ("network-meeting", "2027-09-15"): ("2027-09-01", "migrationsverket", "Vad som får lämnas före en insats"),
}
"""What is proposed for meetings: when, by whom."""

MOST = ["miljo", "skatteverket", "arbetsmiljoverket", "tillstand", "raddningstjansten", "stadsbyggnad"]
"""They come to most meetings."""

MINUTES: dict[tuple[str, str], Item] = {
    ("local-picture", "2027-01-20"): {
        "called": "2027-01-15", "written": "2027-01-22", "approved": "2027-02-05",
        "agenda": "Områdenas lägesbild, vad den ska användas till, och vem i staden som beställer vad",
        "came": ["miljo", "tillstand", "socialforvaltningen", "slk"],
        "said": "Bilden ska gå att jämföra mellan områdena. Polisen har svårt att skilja stadens roller åt.",
    },
    ("network-meeting", "2027-03-17"): {
        "called": "2027-03-01", "written": "2027-03-19", "approved": "2027-03-26",
        "agenda": "Årets första insatser, egna beslut före insatser, samling och genomgång",
        "came": [*MOST, "migrationsverket", "forsakringskassan", "jamstalldhetsmyndigheten"],
        "said": "Underlagen kommer för sent. Alla behöver veta vilket beslut var och en måste ha före besöket.",
    },
    ("annual-report", "2027-03-31"): {
        "called": "2027-03-23", "written": "2027-04-08", "approved": "2027-04-16",
        "agenda": "Siffror till årsrapporten",
        "came": ["arbetsmiljoverket", "skatteverket", "miljo"],
        "said": "Insatser utan polis räknas för sig. Hinder redovisas som antal, aldrig som innehåll.",
    },
    ("network-meeting", "2027-06-09"): {
        "called": "2027-05-17", "written": "2027-06-11", "approved": "2027-06-17",
        "agenda": "Vårens utvärderingar, övernattning i lokaler, tolk, tecken på människohandel",
        "came": [*MOST, "migrationsverket", "socialforvaltningen", "jamstalldhetsmyndigheten", "kronofogden"],
        "said": "Ordningen på plats delas nu ut före. Räddningstjänsten rings vid övernattning.",
    },
    ("local-picture", "2027-08-18"): {
        "called": "2027-08-13", "written": "2027-08-20", "approved": "2027-08-28",
        "agenda": "Höstens lägesbild, barn som påträffas vid insatser",
        "came": ["miljo", "socialforvaltningen", "slk"],
        "said": "Lägesbilden från våren håller i två områden av fyra. Socialjouren ska ha insatsens tid dagen före.",
    },
    ("network-meeting", "2027-09-15"): {
        "called": "2027-09-01", "written": "2027-09-17",
        "agenda": "Vad som får lämnas före en insats, hinder till SKR, kvällstider nästa år",
        "came": [*MOST, "migrationsverket", "forsakringskassan", "arbetsformedlingen", "slk"],
        "said": "Hindren skickas kvartalsvis till SKR. Fler kvällar önskas nästa år.",
    },
}  # fmt: skip
"""Each is called, written and approved; the last one is not approved yet when the year is left."""

Ending = tuple[str, str] | None

ACTIONS: dict[str, tuple[str, str, str, str, str, str, Ending]] = {
    "M1": ("local-picture", "2027-01-20", "2027-01-22", "socialforvaltningen",
           "Ta fram en mall för områdenas lägesbild", "2027-02-26", ("done", "2027-02-23")),
    "M2": ("local-picture", "2027-01-20", "2027-01-22", "slk",
           "Beskriva vem i staden som beställer vad av polisen", "2027-03-12", ("done", "2027-03-19")),
    "M3": ("network-meeting", "2027-03-17", "2027-03-19", "miljo",
           "Skriva en rutin för samling före start", "2027-04-30", ("done", "2027-04-26")),
    "M4": ("network-meeting", "2027-03-17", "2027-03-19", "skatteverket",
           "Hålla en halvdag om egna beslut och kontrollbesök", "2027-05-28", ("done", "2027-06-01")),
    "M5": ("network-meeting", "2027-03-17", "2027-03-19", "migrationsverket",
           "Beskriva vilka uppgifter som kan lämnas före en insats", "2027-06-01", ("dropped", "2027-06-11")),
    "M6": ("network-meeting", "2027-06-09", "2027-06-11", "raddningstjansten",
           "Ta fram en checklista för övernattning i lokaler", "2027-09-01", None),
    "M7": ("network-meeting", "2027-06-09", "2027-06-11", "arbetsmiljoverket",
           "Föreslå vem som bokar tolk, och när", "2027-08-31", ("done", "2027-08-23")),
    "M8": ("network-meeting", "2027-06-09", "2027-06-11", "jamstalldhetsmyndigheten",
           "Hålla en genomgång av tecken på människohandel", "2027-09-15", ("done", "2027-09-17")),
    "M9": ("local-picture", "2027-08-18", "2027-08-20", "slk",
           "Sammanställa höstens lägesbild för de fyra områdena", "2027-09-10", ("done", "2027-09-09")),
    "M10": ("network-meeting", "2027-09-15", "2027-09-17", "tillstand",
            "Samla erfarenheter av insatser på kvällstid", "2027-10-29", None),
    "M11": ("network-meeting", "2027-09-15", "2027-09-17", "migrationsverket",
            "Skriva ett kort exempel på vad som får lämnas", "2027-10-15", None),
}  # fmt: skip
"""Meeting, its date, when it was entered, the party, what it is to do and by when, and how it ended."""

PICTURES: list[Item] = [
    {
        "on": date(2027, 1, 26), "id": "L1", "by": "socialforvaltningen", "area": "nordost",
        "period": {"from": date(2027, 1, 1), "to": date(2027, 1, 20)}, "valid_to": date(2027, 6, 30),
        "themes": [
            {"sector": "nightlife", "level": 3, "note": "Unga används som bud"},
            {"sector": "vehicle", "level": 2, "trend": "rising", "note": "Fler verkstäder har öppet om natten"},
        ],
        "decided": [
            (date(2027, 2, 5), 0, "priority", "Unga i fara går före: insatsen får prioritet 1"),
            (date(2027, 2, 5), 1, "no", "Bilden bygger på få uppgifter och tas upp igen i augusti"),
        ],
    },
    {
        "on": date(2027, 1, 29), "id": "L2", "by": "lpo-city", "area": "city",
        "period": {"from": date(2027, 1, 1), "to": date(2027, 1, 20)}, "valid_to": date(2027, 6, 30),
        "themes": [
            {"sector": "vehicle", "level": 3, "trend": "rising", "note": "Stulna delar säljs vidare"},
            {"sector": "beauty", "level": 2, "note": "Mest kontanter, sällan kvitto"},
        ],
        "decided": [
            (date(2027, 2, 5), 0, "priority", "Handeln med delarna går före: insatsen får prioritet 1"),
            (date(2027, 2, 5), 1, "no", "Vårens insatser i branschen ligger redan fast"),
        ],
    },
    {
        "on": date(2027, 1, 31), "id": "L3", "by": "lpo-hisingen", "area": "hisingen",
        "period": {"from": date(2027, 1, 1), "to": date(2027, 1, 20)}, "valid_to": date(2027, 6, 30),
        "themes": [
            {"sector": "transport", "level": 2, "note": "Utländska bilar i inrikes trafik"},
            {"sector": "construction", "level": 3, "trend": "rising", "note": "Människor bor i byggbodar"},
        ],
        "decided": [
            (date(2027, 2, 8), 0, "no", "Två av tre insatser har den prioriteten, den tredje får vänta"),
            (date(2027, 2, 8), 1, "no", "Fler byggen än i planen finns det inte lag till"),
        ],
    },
    {
        "on": date(2027, 8, 20), "id": "L4", "by": "socialforvaltningen", "area": "nordost",
        "period": {"from": date(2027, 6, 1), "to": date(2027, 8, 18)}, "valid_to": date(2027, 12, 31),
        "themes": [
            {"sector": "food-retail", "level": 2, "trend": "falling", "note": "Färre klagomål sedan i våras"},
            {"sector": "housing", "level": 3, "trend": "rising", "note": "Sängplatser hyrs ut"},
        ],
        "decided": [(date(2027, 9, 3), 0, "no", "Det minskar, och insatserna får stå som de står")],
    },
    {
        "on": date(2027, 8, 28), "id": "L5", "by": "lpo-syd", "area": "syd",
        "period": {"from": date(2027, 6, 1), "to": date(2027, 8, 18)}, "valid_to": date(2027, 12, 31),
        "themes": [{"sector": "transport", "level": 2, "trend": "rising", "note": "Fler omlastningar om natten"}],
        "decided": [],
    },
]  # fmt: skip
"""What is taken over changes no operation: each had that priority. The last two are open when the year is left."""

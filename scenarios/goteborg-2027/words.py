"""The words of the invented year: titles, businesses, addresses.

Districts are real, since titles have to read as a coordinator writes them. Businesses and streets are not: their names
say that they are examples.
"""

from random import Random

KINDS = {
    "restaurant": [
        "Restauranger",
        "Pizzerior",
        "Lunchställen",
        "Kaféer",
        "Snabbmat",
        "Sushi och nudlar",
        "Grillkiosker",
    ],
    "vehicle": ["Bilverkstäder", "Biltvättar", "Bilhandel", "Rekonditionering", "Bilskrotar"],
    "construction": ["Byggarbetsplatser", "Takläggning", "Rivning och sanering", "Fasadrenovering", "Byggställningar"],
    "nightlife": ["Nattklubbar", "Krogar", "Vattenpipekaféer", "Spelklubbar"],
    "food-retail": ["Livsmedelsbutiker", "Tobaksbutiker", "Grönsakshandlare", "Slakterier och kött", "Kiosker"],
    "beauty": ["Frisörer", "Nagelsalonger", "Massagesalonger", "Barberare", "Fransar och bryn"],
    "cleaning": ["Städbolag på kontor", "Hotellstäd", "Tvätterier", "Flyttstäd"],
    "housing": ["Olovliga bostäder i lokaler", "Arbetarbostäder", "Bostäder i källarplan"],
    "transport": ["Åkerier", "Budfirmor", "Godsterminaler"],
}
TYRE_SHOPS = "Däckfirmor"
PLACES = {
    "city": [
        "runt Avenyn",
        "i Linnéstaden",
        "i Haga",
        "i Vasastan",
        "i Nordstan",
        "vid Järntorget",
        "i Gårda",
        "i Majorna",
    ],
    "nordost": [
        "i Angered",
        "i Hjällbo",
        "i Bergsjön",
        "i Kortedala",
        "i Gamlestaden",
        "i Hammarkullen",
        "i Marieholm",
    ],
    "hisingen": [
        "vid Backaplan",
        "på Ringön",
        "i Tagene",
        "på Lindholmen",
        "i Biskopsgården",
        "i Arendal",
        "i Tuve",
        "i Backa",
    ],
    "syd": ["i Frölunda", "i Högsbo", "i Sisjön", "i Askim", "i Sandarna", "i Näset", "i Billdal"],
}
BUSINESSES = {
    "restaurant": "krog", "vehicle": "verkstad", "construction": "bygg", "nightlife": "klubb", "food-retail": "livs",
    "beauty": "salong", "cleaning": "städ", "housing": "lokaler", "transport": "frakt",
}  # fmt: skip
FIRST = ["Blå", "Gyllene", "Glada", "Tysta", "Röda", "Snälla", "Vita", "Sista", "Stora", "Flinka", "Gröna", "Lilla"]
SECOND = ["Älgen", "Månen", "Tärnan", "Kopparn", "Draken", "Igelkotten", "Lyktan", "Grinden", "Vågen", "Uven", "Masten"]
FORMS = ["AB", "AB", "AB", "HB", "enskild firma"]
STREETS = ["Exempelgatan", "Låtsasvägen", "Påhittsgatan", "Sagostigen", "Fantasigränden", "Attrappvägen", "Skengatan"]


def titles(sector: str, area: str, rng: Random) -> list[str]:
    """Every title of this sector in this area, in drawn order."""
    every = [f"{kind} {place}" for kind in KINDS[sector] for place in PLACES[area]]
    rng.shuffle(every)
    return every


def business(sector: str, rng: Random) -> str:
    """A business that does not exist, such as "Blå Älgens exempelkrog AB"."""
    return f"{rng.choice(FIRST)} {rng.choice(SECOND)}s exempel{BUSINESSES[sector]} {rng.choice(FORMS)}"


def address(rng: Random) -> str:
    """A street that does not exist, and a number."""
    return f"{rng.choice(STREETS)} {rng.randint(1, 98)}"

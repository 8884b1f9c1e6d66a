"""All that a year asks of one police unit, by date: who may order what of it, and where two want it at once."""

from dataclasses import dataclass
from datetime import date

from arshjul.domain.operation import Designated


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who orders officers for a programme: the lead agency with its unit, how it is reached, and the role of each.

    `owner`: who answers for the programme, empty if nobody is named. `officers`: in all of its operations, each date by
    itself.
    """

    lead: str
    role: str
    programme: str
    owner: str
    purpose: str
    reached: tuple[str, ...]
    sectors: tuple[str, ...]
    n_operations: int
    officers: int


@dataclass(frozen=True, slots=True)
class Order:
    """A date of an operation that wants officers of the unit. `hours`: 09:00–15:00.

    `serves`: the unit serves it, and does not only lend officers. `at_once`: other operations whose hours overlap;
    `same_day`: others of that date. `needs`: what the agencies that come need to know, each by name.
    """

    operation: str
    day: date
    hours: str
    officers: int
    designated: Designated
    serves: bool
    lead: str
    programme: str
    sector: str
    area: str
    at_once: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitList:
    """The list of a unit: who may order, by lead and programme, and the orders by date."""

    unit: str
    areas: tuple[str, ...]
    year: str
    orderers: tuple[Orderer, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def n_at_once(self) -> int:
        """The number of orders that want the unit at the same time as another."""
        return sum(bool(one.at_once) for one in self.orders)

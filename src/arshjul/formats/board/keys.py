"""The keys of a board file, part by part: the required ones, then the optional ones."""

Keys = tuple[str, ...]
Part = tuple[Keys, Keys]

BOARD: Part = ("format", "levels", "steps", "resources", "activities"), ("lags", "conflicts", "rows")
RESOURCE: Part = ("capacity",), ()
ACTIVITY: Part = ("id", "unplaced", "options"), ()
OPTION: Part = ("start",), ("demand", "costs", "length")
LAG: Part = ("before", "after"), ("min", "max")
CONFLICT: Part = ("between",), ("steps",)
ROW: Part = ("terms", "at_most"), ("rule", "about", "over")

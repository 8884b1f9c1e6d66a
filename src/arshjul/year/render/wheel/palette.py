"""The picture's colours, as a style sheet: light, dark, and on paper.

The sectors' nine colours are Paul Tol's "muted" scheme, which people with red-green colour blindness can tell apart,
and are spread from dark to light so that they differ in grey too (personal.sron.nl/~pault). Text on them and around
them has a contrast of at least 4.5 (WCAG 2.1, 1.4.3).
"""

from collections.abc import Mapping, Sequence

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
DARK_LETTER, LIGHT_LETTER = "#16191d", "#ffffff"
SECTORS = ("#332288", "#88ccee", "#117733", "#ddcc77", "#cc6677", "#44aa99", "#882255", "#999933", "#aa4499")
HEAT = ("#d5e3ea", "#a5c5d5", "#6a9fba", "#35708f", "#174a66")  # classes 1 to 5
DARK_HEAT = ("#223542", "#2f5268", "#427a97", "#74a9c4", "#c2dbe7")

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "ink": "#1c2024",
    "soft": "#545b63",
    "line": "#cfc8ba",
    "band": "#f7f4ee",
    "month": "#ece7dc",
    "weekday": "#ece7dc",
    "closed": "#d9d1c1",
    "avoided": "#f3dfae",
    "quiet": "#8595a3",
    "accent": "#b03a00",
}
DARK: Mapping[str, str] = {
    "paper": "#14181c",
    "ink": "#eceae5",
    "soft": "#b3b8bd",
    "line": "#3d444b",
    "band": "#1d2329",
    "month": "#2b333b",
    "weekday": "#272e35",
    "closed": "#353d45",
    "avoided": "#473c22",
    "quiet": "#7f92a3",
    "accent": "#ff9a5c",
}


def luminance(colour: str) -> float:
    """The relative luminance of a `#rrggbb` (WCAG 2.1)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def letter_on(colour: str) -> str:
    """The text colour with the best contrast on a colour."""
    return max(DARK_LETTER, LIGHT_LETTER, key=lambda letter: contrast(colour, letter))


def stylesheet() -> str:
    """The style sheet. Every selector begins with the picture's class, so that it can be embedded in a page."""
    fixed = [
        _rule("", f"font-family:{FONTS};font-variant-numeric:tabular-nums"),
        _rule(".line", "fill:none;stroke-width:.8"),
        _rule(".halo,.now", "fill:none;stroke-width:2"),
        _rule(".unknown", "fill:none;stroke-width:1.5;stroke-dasharray:3 2.4"),
        _rule(".under", "stroke-width:4.5"),
        _rule(".over", "stroke-width:2"),
        _rule(".strong", "font-weight:650"),
        _rule(".mark text", "font-weight:700"),
        *(_rule(f".c{n} .shape", f"fill:{colour}") for n, colour in enumerate(SECTORS)),
        *(_rule(f".c{n} text", f"fill:{letter_on(colour)}") for n, colour in enumerate(SECTORS)),
    ]
    light = [*_coloured(LIGHT), *_heated(HEAT)]
    edged = _rule(".mark .shape", f"stroke:{DARK['ink']};stroke-width:.7")
    dark = "".join([*_coloured(DARK), *_heated(DARK_HEAT), edged])
    return "".join([*fixed, *light, f"@media screen and (prefers-color-scheme:dark){{{dark}}}"])


def _heated(heat: Sequence[str]) -> list[str]:
    return [
        rule
        for number, colour in enumerate(heat, 1)
        for rule in (_rule(f".h{number}", f"fill:{colour}"), _rule(f".h{number} + text", f"fill:{letter_on(colour)}"))
    ]


def _coloured(colours: Mapping[str, str]) -> list[str]:
    return [
        _rule(".paper", f"fill:{colours['paper']}"),
        _rule("text", f"fill:{colours['ink']}"),
        _rule(".soft", f"fill:{colours['soft']}"),
        _rule(".warning", f"fill:{colours['accent']}"),
        _rule(".line", f"stroke:{colours['line']}"),
        _rule(".band,.h0", f"fill:{colours['band']}"),
        _rule(".month", f"fill:{colours['month']};stroke:{colours['paper']};stroke-width:2"),
        _rule(".weekday", f"fill:{colours['weekday']}"),
        _rule(".closed,.holiday", f"fill:{colours['closed']}"),
        _rule(".eves,.bridge_days,.avoided", f"fill:{colours['avoided']}"),
        _rule(".quiet", f"fill:{colours['quiet']}"),
        _rule(".halo,.now", f"stroke:{colours['accent']}"),
        _rule(".unknown,.over", f"stroke:{colours['ink']}"),
        _rule(".under", f"stroke:{colours['paper']}"),
        _rule(".first .shape,.later .shape", f"stroke:{colours['paper']};stroke-width:1.2"),
        _rule(".hollow .shape", f"fill:{colours['paper']};stroke:{colours['soft']};stroke-width:1.5"),
        _rule(".hollow text", f"fill:{colours['ink']}"),
        _rule(".meeting .shape", f"fill:{colours['ink']}"),
        _rule(".meeting text", f"fill:{colours['paper']}"),
    ]


def _rule(selectors: str, style: str) -> str:
    scoped = ",".join(f".arshjul-wheel {selector}".rstrip() for selector in selectors.split(","))
    return f"{scoped}{{{style}}}"

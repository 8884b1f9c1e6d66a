"""From a template and its values to HTML, in the reader's language; all values are escaped."""

from collections.abc import Mapping

from arshjul.serving.fields import prompt
from arshjul.serving.rendering import short, templates
from arshjul.texts import Words


def rendered(template: str, values: Mapping[str, object], words: Words) -> str:
    """The page."""
    return (
        templates("arshjul.portal")
        .get_template(template)
        .render(
            **values,
            _=words,
            language=words.language,
            day=lambda value: short(words, value),
            label=lambda path: words.say(prompt(path)),
        )
    )

"""The names of a listener's year that need nobody else's: told beside the year before, or by halves of the year itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Per code its name. The code's letters: N for more of new artists or K for more of known ones ("-" where no history says which are new),
# then R for more repeats or V for more variety.
NAMES: Mapping[str, str] = MappingProxyType({
    "NV": "The Wanderer",
    "NR": "The Convert",
    "KV": "The Deep Diver",
    "KR": "The Homebody",
    "-R": "The Devotee",
    "-V": "The Sampler",
})
AGAINST_YEAR_BEFORE: Mapping[str, str] = MappingProxyType({
    "NV": "New artists got more of your listens than the year before, and repeats fewer: you went further out.",
    "NR": "New artists got more of your listens than the year before, and so did repeats: what you found, you kept playing.",
    "KV": "Artists you knew got more of your listens than the year before, and repeats fewer: you went deeper into what you love.",
    "KR": "Artists you knew got more of your listens than the year before, and so did repeats: you came home to your songs.",
    "-R": "More of your listens were repeats than the year before: you came back to what you liked.",
    "-V": "Fewer of your listens were repeats than the year before: you kept moving on.",
})
BY_HALVES: Mapping[str, str] = MappingProxyType({
    "NV": "More than half of your listens went to artists new to you, and no more than half were repeats.",
    "NR": "More than half of your listens went to artists new to you, and more than half were repeats.",
    "KV": "At least half of your listens went to artists you knew, and no more than half were repeats.",
    "KR": "At least half of your listens went to artists you knew, and more than half were repeats.",
    "-R": "More than half of your listens were repeats: you came back to what you liked.",
    "-V": "No more than half of your listens were repeats: you kept moving on.",
})

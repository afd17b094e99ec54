"""Several parts of a score made one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from servers.recruiter_search.core.ranking import Ranking

Part = Literal["words", "taxonomy", "meaning", "recency"]
HALVED_DAYS = 365.0
"""A record that changed so many days ago counts half for recency."""
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Fused:
    """Scores between 0 and 1, and what each part adds to them."""

    scores: Floats
    parts: Mapping[Part, Floats]


def fused(parts: Mapping[Part, Floats], ranking: Ranking) -> Fused:
    """Return the weighted mean of parts, each between 0 and 1; those that are not given do not count."""
    weights: Mapping[Part, float] = {
        "words": ranking.words,
        "taxonomy": ranking.taxonomy,
        "meaning": ranking.meaning,
        "recency": ranking.recency,
    }
    whole = sum(weights[part] for part in parts) or 1.0
    added: dict[Part, Floats] = {
        part: (values * (weights[part] / whole)).astype(np.float32) for part, values in parts.items()
    }
    return Fused(np.stack(list(added.values())).sum(axis=0, dtype=np.float32), added)


def share_of_best(scores: Floats) -> Floats:
    """Return scores as shares of the best one; all 0 where there is none above 0."""
    best = float(scores.max(initial=0.0))
    return (np.maximum(scores, 0.0) / best).astype(np.float32) if best else np.zeros_like(scores)


def freshness(changed_on: Floats, today: int) -> Floats:
    """Return how fresh records are that changed on a day, from 1 (today) down; 0 where it is not known (NaN)."""
    ages = np.maximum(today - changed_on, 0)
    return np.nan_to_num(0.5 ** (ages / HALVED_DAYS), nan=0.0).astype(np.float32)

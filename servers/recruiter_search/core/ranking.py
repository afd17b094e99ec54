"""How much each part of a hit's score weighs.

The defaults are what ``python -m benchmarks.relevance --fit`` comes to on half of its occupations: there no single
other weight gains more than 0.002 nDCG@10. ``recency`` is not fitted, since nothing there tells what it is worth.
"""

from pydantic import ConfigDict, Field

from servers.recruiter_search.core.values import Strict


class Ranking(Strict):
    """Weights of what ranks: of words by where they stand, and of the parts that are fused.

    A hit's score is the weighted mean of its parts, each between 0 and 1; a part that the query says nothing
    for is left out. What learning approves for a project is given with each of its queries.
    """

    model_config = ConfigDict(frozen=True)

    title: float = Field(default=3.0, ge=0, le=100, description="a word in a title")
    skill_names: float = Field(default=2.0, ge=0, le=100, description="a word in the name of a skill")
    everything: float = Field(default=1.0, ge=0, le=100, description="a word anywhere")
    words: float = Field(default=1.0, ge=0, le=100, description="part: the query's words and preferences")
    taxonomy: float = Field(default=1.0, ge=0, le=100, description="part: skills and kinds of work meant")
    meaning: float = Field(default=1.0, ge=0, le=100, description="part: likeness in meaning")
    recency: float = Field(default=0.05, ge=0, le=100, description="part: how lately the record changed")

"""What vLLM counts, read from its /metrics."""

import re
from collections import Counter
from dataclasses import dataclass

import httpx

LINE = re.compile(r"^(vllm:\w+?)(?:_total)?\{[^}]*\} (\S+)$", re.M)


@dataclass(frozen=True)
class Counters:
    """Sums of vLLM's counters over their labels, by name without ``_total``."""

    sums: dict[str, float]

    @classmethod
    def of(cls, told: str) -> "Counters":
        """Read them from the text of /metrics."""
        sums: Counter[str] = Counter()
        for name, value in LINE.findall(told):
            sums[name] += float(value)
        return cls(dict(sums))

    @classmethod
    async def at(cls, url: str) -> "Counters":
        """Read them from a server."""
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
            return cls.of((await http.get("/metrics")).raise_for_status().text)

    def since(self, before: "Counters") -> "Counters":
        """Return what was counted meanwhile."""
        return Counters({name: value - before.sums.get(name, 0.0) for name, value in self.sums.items()})

    def _of(self, name: str) -> float:
        return self.sums.get(f"vllm:{name}", 0.0)

    @property
    def written(self) -> float:
        """Tokens of answers."""
        return self._of("generation_tokens")

    @property
    def reused(self) -> float:
        """The share of the prompts' tokens that were computed before, 0 where nothing is kept."""
        asked = self._of("prefix_cache_queries")
        return self._of("prefix_cache_hits") / asked if asked else 0.0

    @property
    def acceptance(self) -> float | None:
        """The share of drafted tokens that the model would have written too; None where none was drafted."""
        drafted = self._of("spec_decode_num_draft_tokens")
        return self._of("spec_decode_num_accepted_tokens") / drafted if drafted else None

    @property
    def tokens_a_step(self) -> float:
        """Tokens that an answer grows by each time the model looks at it: an accepted draft needs no look of its own."""
        looks = self.written - self._of("spec_decode_num_accepted_tokens")
        return self.written / looks if looks > 0 else 1.0

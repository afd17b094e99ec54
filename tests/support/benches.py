"""One judge for all evaluations, and perhaps one in shadow."""

from servers.evaluator.core.ports import Judge
from servers.evaluator.judges import NoJudge


class Bench:
    """Always the same judges."""

    def __init__(self, judge: Judge | None = None, shadow: Judge | None = None) -> None:
        self._judge = judge or NoJudge()
        self._shadow = shadow

    async def serving(self) -> Judge:
        return self._judge

    async def shadow(self) -> Judge | None:
        return self._shadow

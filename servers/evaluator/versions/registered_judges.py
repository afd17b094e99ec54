"""The judges that are in use, by what is registered: the serving one, and the one in shadow."""

import time
from collections.abc import Callable

from servers.evaluator.core.operating import EngineVersion, State
from servers.evaluator.core.ports import Judge
from servers.evaluator.judges.opening import AnyJudge, JudgeSettings, open_judge
from servers.evaluator.versions.engine_versions import EngineVersions

LOOK_SECONDS = 10.0
"""So long after a change evaluations may still begin with the engine before."""


class RegisteredJudges:
    """The bench by what is registered; where nothing serves, the judge of the environment does. ``aclose()`` it."""

    def __init__(
        self,
        versions: EngineVersions,
        configured: JudgeSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._configured = configured
        self._clock = clock
        self._looked_at = float("-inf")
        self._found: dict[State, EngineVersion] = {}
        self._opened: dict[str, AnyJudge] = {}

    async def serving(self) -> Judge:
        """Return the judge that serves. Raises InvalidInput where its folder is gone."""
        await self._look()
        version = self._found.get("serving")
        return self._judge(version) if version else self._open("", self._configured)

    async def shadow(self) -> Judge | None:
        """Return the judge in shadow."""
        await self._look()
        version = self._found.get("shadow")
        return self._judge(version) if version else None

    async def _look(self) -> None:
        if self._clock() - self._looked_at >= LOOK_SECONDS:
            self._found = {one.state: one for one in await self._versions.all()}
            self._looked_at = self._clock()

    def _judge(self, version: EngineVersion) -> Judge:
        key = {"api_key": self._configured.api_key}
        settings = JudgeSettings.model_validate(
            {"url": None, "kind": "cross_encoder", **version.settings, **key}
        )
        return self._open(f"{version.name} {version.settings}", settings)

    def _open(self, key: str, settings: JudgeSettings) -> Judge:
        if key not in self._opened:
            self._opened[key] = open_judge(settings)
        return self._opened[key]

    async def aclose(self) -> None:
        """Close the connections of all judges."""
        for one in self._opened.values():
            await one.aclose()

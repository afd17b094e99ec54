"""A door in front of the double of OpenSearch that finds the nearest, which the double does not.

It takes a k-NN query as OpenSearch's documentation has it (bytes, cosine, a filter), asks the double for all of whom
the filter holds and compares every one of them. What an approximate graph would leave out, it finds.
"""

import json
from typing import Any

import numpy as np
from aiohttp import web

from tests.support.refusing_door import RefusingDoor

_EVERYBODY = 10_000


class NearestDoor(RefusingDoor):
    """Answers at ``url``."""

    async def _passed_on(self, request: web.Request, body: bytes) -> tuple[int, str, bytes]:
        if not request.path.endswith("_msearch") or b'"knn"' not in body:
            return await super()._passed_on(request, body)
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        sought = {number: one for number, one in enumerate(lines[1::2]) if "knn" in one["query"]}
        for number, one in sought.items():
            [(field, knn)] = one["query"]["knn"].items()
            everybody = {"query": knn["filter"], "size": _EVERYBODY, "_source": [field]}
            lines[2 * number + 1] = {name: value for name, value in one.items() if name != "from"} | everybody
        passed = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        status, kind, answer = await super()._passed_on(request, passed)
        told = json.loads(answer)
        for number, one in sought.items():
            if "hits" in told["responses"][number]:
                _keep_nearest(told["responses"][number]["hits"], one)
        return status, kind, json.dumps(told).encode()


def _keep_nearest(found: dict[str, Any], asked: dict[str, Any]) -> None:
    [(field, knn)] = asked["query"]["knn"].items()
    vector = _whole(knn["vector"])
    hits = [hit for hit in found["hits"] if field in hit.get("_source", {})]
    for hit in hits:
        other = _whole(hit.pop("_source")[field])
        cosine = other @ vector / np.linalg.norm(other) / np.linalg.norm(vector)
        hit["_score"] = (1 + float(cosine)) / 2
    nearest = sorted(hits, key=lambda hit: -hit["_score"])[: knn["k"]]
    found["hits"] = nearest[: asked["size"]]
    found["total"] = {"value": len(nearest), "relation": "eq"}


def _whole(vector: list[int]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    assert all(isinstance(component, int) and -128 <= component <= 127 for component in vector)
    return np.array(vector, np.float64)

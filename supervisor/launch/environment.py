"""What a deployment's services find in their environment."""

import json
import os
from urllib.parse import urlsplit

from shared.edge.manifest import Manifest
from shared.edge.tokens import client_secret
from supervisor.launch.folder import DataFolder, RunRecord

LOOPBACK = "127.0.0.1"
PARTNER_SECRETS = "HIREMESH_PARTNER_SECRETS"
OF_ONE_UNIT = {"HIREMESH_SEARCH_URL": "recruiter_search", "HIREMESH_INSIGHTS_URL": "talent_insights"}
"""Addresses that may hold what one signs in with, and the unit that they are for."""
PRIVATE = (
    "HIREMESH_DEPLOYMENT_SECRET",
    "HIREMESH_POSTGRES_URL",
    "HIREMESH_DATABASE_URL",
    "HIREMESH_CLIENT_SECRET",
    "HIREMESH_PUBLIC_URL",
    PARTNER_SECRETS,
    *OF_ONE_UNIT,
)


def unit_environment(folder: DataFolder, run: RunRecord, manifest: Manifest) -> dict[str, str]:
    """Return the environment of one unit's process: this one's, its addresses and its own secrets only."""
    name = manifest.name
    secret = os.environ.get(f"HIREMESH_CLIENT_SECRET_{name.upper()}")
    env = (
        service_environment(run, run.units[name])
        | run.settings
        | _public(run, name)
        | {
            "HIREMESH_ISSUER_URL": run.issuer_url,
            "HIREMESH_CLIENT_SECRET": secret or client_secret(folder.deployment_secret, name),
            "HIREMESH_UNITS": json.dumps(run.units),
            "HIREMESH_DATA_DIR": str(folder.files_of(name)),
            "HIREMESH_DATABASE_URL": folder.database_url(run, name),  # every door keeps its audit log there
        }
    )
    if "nats" in manifest.engines:
        env["HIREMESH_NATS_URL"] = run.nats_url
    if manifest.partners:
        env |= {key: value for key, value in os.environ.items() if key.startswith(PARTNER_SECRETS)}
    if not manifest.model:
        env.pop("HIREMESH_LLM_API_KEY", None)
    if not manifest.judge:
        env.pop("HIREMESH_JUDGE_API_KEY", None)
    if name != "recruiter_search":
        env.pop("HIREMESH_EMBEDDINGS_API_KEY", None)
    own = {key for key, unit in OF_ONE_UNIT.items() if unit == name and key in os.environ}
    return env | {key: os.environ[key] for key in own}


def service_environment(run: RunRecord, url: str) -> dict[str, str]:
    """Return what the environment of every service has: this process's, and where to listen."""
    return inherited() | {"HIREMESH_HOST": run.host, "HIREMESH_PORT": url.rpartition(":")[2]}


def _public(run: RunRecord, unit: str) -> dict[str, str]:
    """Return what a unit's card says of its address, and the ``Host`` headers that follow from it."""
    url = public_url(run, unit)
    hosts: list[str] = json.loads(os.environ.get("HIREMESH_ALLOWED_HOSTS", "[]"))
    if (host := urlsplit(url).hostname) not in (None, LOOPBACK):
        hosts += [str(host), f"{host}:*"]
    return {"HIREMESH_PUBLIC_URL": url, "HIREMESH_ALLOWED_HOSTS": json.dumps(hosts)}


def public_url(run: RunRecord, unit: str) -> str:
    """Return how people and partners reach a unit.

    ``HIREMESH_PUBLIC_URL_<UNIT>`` says so for each; ``HIREMESH_PUBLIC_URL`` alone is the supervisor's.
    """
    own = "HIREMESH_PUBLIC_URL" if unit == "supervisor" else ""
    url = os.environ.get(f"HIREMESH_PUBLIC_URL_{unit.upper()}") or os.environ.get(own) or run.units[unit]
    return url.rstrip("/")


def inherited() -> dict[str, str]:
    """What a service may see of the launcher's environment: its settings, none of its secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
    return kept | {"PYTHONUNBUFFERED": "1"}

"""``hiremesh compose-env``: the secrets that compose.yaml takes from its environment."""

import os
import secrets
from collections.abc import Iterable

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("compose-env")
    def compose_env() -> None:
        """Print an .env file for compose.yaml with fresh secrets, or those of HIREMESH_DEPLOYMENT_SECRET.

        Each unit gets its own client secret and database password; only the issuer and the migration
        ever hold the deployment secret, from which both derive.
        """
        from shared.edge.manifest import catalogue

        root = os.environ.get("HIREMESH_DEPLOYMENT_SECRET") or secrets.token_hex(32)
        for name, value in compose_environment(root, catalogue()).items():
            typer.echo(f"{name}={value}")


def compose_environment(deployment_secret: str, units: Iterable[str]) -> dict[str, str]:
    """Return variable → value for a deployment of ``units``; the same secret gives the same values."""
    from shared.edge.tokens import client_secret
    from shared.storage.roles import unit_password

    env = {
        "HIREMESH_DEPLOYMENT_SECRET": deployment_secret,
        "HIREMESH_POSTGRES_PASSWORD": client_secret(deployment_secret, "postgres-admin"),
        "HIREMESH_NATS_TOKEN": client_secret(deployment_secret, "nats-token"),
        "HIREMESH_JUDGE_API_KEY": client_secret(deployment_secret, "judge-key"),
        "HIREMESH_LLM_API_KEY": client_secret(deployment_secret, "llm-key"),
    }
    for unit in units:
        env[f"HIREMESH_CLIENT_SECRET_{unit.upper()}"] = client_secret(deployment_secret, unit)
        env[f"HIREMESH_DATABASE_PASSWORD_{unit.upper()}"] = unit_password(deployment_secret, unit)
    return env

"""``hiremesh migrate``."""

import typer

from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("migrate")
    def migrate(data: Data = None) -> None:
        """Bring the database to what this version expects (``up`` does so by itself)."""
        import os

        from shared.storage.migrate import migrate as run_migrations
        from supervisor.launch.folder import DataFolder

        folder = DataFolder(data)
        url = os.environ.get("HIREMESH_POSTGRES_URL") or folder.running().postgres_url
        for name in run_migrations(url, folder.deployment_secret) or ["nothing to do"]:
            typer.echo(name)

"""``hiremesh serve NAME``."""

from typing import Annotated

import typer

from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("serve")
    def serve(
        name: Annotated[str, typer.Argument(help="The unit's folder name, such as evaluator.")],
        data: Data = None,
    ) -> None:
        """Run one unit in the foreground.

        With HIREMESH_DATABASE_URL set, the environment alone configures it (as in a container);
        otherwise it joins the deployment that is up, which must have been started --without it.
        """
        import os
        import sys

        from shared.edge.manifest import catalogue
        from shared.kernel.errors import Conflict, NotFound
        from supervisor.launch.environment import unit_environment
        from supervisor.launch.folder import DataFolder
        from supervisor.launch.spawning import ROOT

        manifest = catalogue().get(name)
        if manifest is None:
            known = ", ".join(catalogue())
            raise NotFound(f"there is no unit {name!r}.", field="NAME", fix=f"Choose one of: {known}")
        env = dict(os.environ)
        if "HIREMESH_DATABASE_URL" not in env:
            folder = DataFolder(data)
            run = folder.running()
            mark = run.processes.get(name)
            if mark is not None and mark.find() is not None:
                raise Conflict(
                    f"{name} runs already, as process {mark.pid}.",
                    fix=f"Start with: hiremesh up --without {name}",
                )
            env = unit_environment(folder, run, manifest)
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-m", manifest.package], env)  # noqa: S606

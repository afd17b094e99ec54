"""``hiremesh up``."""

from typing import TYPE_CHECKING, Annotated

import typer

from supervisor.cli._options import Data

if TYPE_CHECKING:
    from supervisor.launch import DataFolder, Deployment
    from supervisor.launch.models import Model


CHAT = "chat"
EXPOSED = """\
Listening on {host} without TLS: whoever can read the network can read tokens and candidates' data.
Put a proxy that ends TLS in front, let nothing else reach these ports, and say with HIREMESH_PUBLIC_URL
(the page and the chat) and HIREMESH_PUBLIC_URL_<UNIT> how others reach them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    data: Data = None,
    port_base: Annotated[int, typer.Option(help="First port; units count from it.")] = 8100,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports.")] = False,
    host: Annotated[
        str, typer.Option(envvar="HIREMESH_HOST", help="Where to listen; 0.0.0.0 is every network.")
    ] = "127.0.0.1",
    without: Annotated[list[str] | None, typer.Option(help="Leave this unit out (repeatable).")] = None,
    vllm: Annotated[
        bool,
        typer.Option(
            "--vllm", help="Serve the newest judging model that was built, and one of embeddings, with vLLM."
        ),
    ] = False,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            help="Serve this one: a version, a folder, or chat for the --chat-model (repeatable; the first judges)."
        ),
    ] = None,
    chat_model: Annotated[
        str | None, typer.Option(help="Serve a language model: its folder, or a name such as Qwen/Qwen3-8B.")
    ] = None,
    speculative: Annotated[
        str,
        typer.Option(
            envvar="HIREMESH_VLLM_SPECULATIVE",
            help="How it drafts: none, ngram, suffix, draft:FOLDER or eagle:FOLDER.",
        ),
    ] = "none",
) -> None:
    """Start the engines and all units, and models where asked for, and stay until Ctrl-C."""
    import asyncio

    from supervisor.launch import DataFolder, Deployment

    folder = DataFolder(data)
    judges: list[str | None] = [*judge] if judge else [None] if vllm else []
    deployment = Deployment(
        folder,
        port_base=None if free_ports else port_base,
        host=host,
        without=without or [],
        models=_models(folder, judges, chat_model, speculative, embeds=vllm),
        report=typer.echo,
    )
    if not _is_loopback(host):
        typer.secho(EXPOSED.format(host=host), err=True, fg=typer.colors.YELLOW)
    asyncio.run(_stay(deployment))


def _models(
    folder: "DataFolder", judges: "list[str | None]", chat: str | None, speculative: str, *, embeds: bool
) -> "list[Model]":
    """Find what is to be served before anything starts. Raises Unavailable, NotFound, InvalidInput."""
    from shared.engines.vllm import vllm_python
    from shared.kernel.errors import InvalidInput
    from supervisor.launch.models import chat_model, embedding_model, judge_model

    if CHAT in judges and not chat:
        raise InvalidInput("no chat model is named.", field="judge", fix="Name one with --chat-model.")
    found = [judge_model(folder, said) for said in judges if said != CHAT]
    if chat:
        # Of two that can judge, the first does.
        at = 0 if judges[:1] == [CHAT] else len(found)
        found.insert(at, chat_model(chat, speculative, judges=CHAT in judges))
    if found:
        vllm_python()
    if embeds and (embedding := embedding_model()):
        found.append(embedding)
    return found


async def _stay(deployment: "Deployment") -> None:
    import asyncio
    import signal

    this = asyncio.current_task()
    # SIGINT too: whoever starts us in the background may have set it to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, lambda: this and this.cancel())
    try:
        await deployment.start()
        await _welcome(deployment)
        try:
            await asyncio.Event().wait()
        finally:
            typer.echo("stopping")
            await deployment.stop()
    except asyncio.CancelledError:
        typer.echo("stopped")


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _welcome(deployment: "Deployment") -> None:
    from supervisor.cli._desk import sign_in_link
    from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT
    from supervisor.launch.environment import public_url

    for error in deployment.failures.values():
        typer.secho(str(error), err=True, fg=typer.colors.RED)
    supervisor = deployment.run.units.get("supervisor")
    if supervisor is None:
        typer.echo("\nHiremesh is up, without its supervisor.\nCtrl-C stops everything.")
        return
    link = await sign_in_link(deployment.folder.path, DEFAULT_TENANT, DEFAULT_SUBJECT)
    public = public_url(deployment.run, "supervisor")
    link = public + link.removeprefix(supervisor)
    down = f", without {', '.join(deployment.failures)}: tried again meanwhile" if deployment.failures else ""
    typer.echo(
        f"""
Hiremesh is up{down}.
  in the browser     {link}
  in the terminal    hiremesh chat
  hire for a role    hiremesh hire POSTING
  load people        hiremesh import PATH
  MCP clients        hiremesh mcp-config
  chat, AG-UI        {public}/agui
  chat, OpenAI API   {public}/v1/chat/completions
  agents, A2A        {public}/.well-known/agent-card.json
  how it is          hiremesh status
The link signs {DEFAULT_SUBJECT} in, once, within 10 minutes; “hiremesh sign-in” prints another.
Ctrl-C stops everything."""
    )

"""A recruiter at a terminal: signing in, talking, answering approvals, leaving and coming back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from rich.console import Console
from rich.prompt import Prompt

from supervisor.cli._chat_client import ChatClient, Event
from supervisor.cli._operator import operator
from supervisor.cli._terminal import Terminal
from supervisor.core.models import QUESTION

SIGN_IN = timedelta(hours=12)
RECRUITING = ("*.read", "*.write", "*.decide")


class Desk:
    """One conversation.

    Args:
        yes: approve everything that is asked, for scripts.
    """

    def __init__(self, client: ChatClient, console: Console, *, thread: str, yes: bool = False) -> None:
        self.client = client
        self.thread = thread
        self.terminal = Terminal(console)
        self._yes = yes

    async def say(self, text: str) -> bool:
        """Say something, see it through with all it asks; return whether it went well."""
        await self.terminal.show(self.client.say(self.thread, text))
        return await self._settle()

    async def come_back(self, state: Event) -> bool:
        """Show what happened so far and take up where the conversation stands."""
        if state["status"] in {"running", "retrying"}:
            await self.terminal.show(self.client.follow(self.thread, state["turn"]))
        else:
            await self.terminal.recall(self.client.history(self.thread))
            self.terminal.interrupts = state["interrupts"]
        return await self._settle()

    async def _settle(self) -> bool:
        while interrupts := self.terminal.interrupts:
            if interrupts[0]["reason"] == QUESTION:
                if not await self._reply():
                    return not self._yes
                continue
            answer = "y" if self._yes else await _ask(self.terminal.console)
            if answer == "":
                return True
            if answer.lower() in {"y", "yes"}:
                shown = self.client.answer(self.thread, interrupts, True, "")
            elif answer.lower() in {"n", "no"}:
                reason = "" if self._yes else await _prompt(self.terminal.console, "Why?")
                shown = self.client.answer(self.thread, interrupts, False, reason)
            else:
                shown = self.client.say(self.thread, answer)
            if self._yes:
                self.terminal.console.print("[dim]approved by --yes[/]")
            await self.terminal.show(shown)
        return self.terminal.error is None

    async def _reply(self) -> bool:
        """Answer what a unit asked; return whether there was an answer. Scripts have none."""
        said = (
            ""
            if self._yes
            else await _prompt(self.terminal.console, "Your answer, or Enter to give it later")
        )
        if said:
            await self.terminal.show(self.client.say(self.thread, said))
        return bool(said)


@asynccontextmanager
async def chat_client(data: Path | None, tenant: str, subject: str) -> AsyncGenerator[ChatClient]:
    """Lend a signed-in client of the running deployment."""
    from supervisor.launch.folder import DataFolder

    run = DataFolder(data).running()
    token = await _token(data, tenant, subject)
    async with httpx.AsyncClient(trust_env=False) as http:
        yield ChatClient(http, run.units["supervisor"], token)


async def sign_in_link(data: Path | None, tenant: str, subject: str) -> str:
    """Return an address of the recruiter's page that signs ``subject`` in once, within 10 minutes."""
    from supervisor.launch.folder import DataFolder

    async with operator(data) as issuer:
        code = await issuer.sign_in_code(
            subject, tenant=tenant, scopes=RECRUITING, audiences=["supervisor"], lifetime=SIGN_IN
        )
    # Browsers send nothing after the # to any server, and the page takes it out of its address.
    return f"{DataFolder(data).running().units['supervisor']}/chat#code={code}"


async def _token(data: Path | None, tenant: str, subject: str) -> str:
    async with operator(data) as issuer:
        token, _ = await issuer.mint(
            subject, tenant=tenant, scopes=RECRUITING, audiences=["supervisor"], lifetime=SIGN_IN
        )
    return token


async def _ask(console: Console) -> str:
    return await _prompt(console, "Approve? [b]y[/], [b]n[/], say what to change, or Enter to decide later")


async def _prompt(console: Console, question: str) -> str:
    return (
        await asyncio.to_thread(Prompt.ask, question, console=console, default="", show_default=False)
    ).strip()

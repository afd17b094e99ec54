"""Two small units that use every feature of the edge, and nothing of Hiremesh's domain."""

import asyncio
from typing import Annotated, Any

from a2a.types.a2a_pb2 import AgentCard
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel, Field

from shared.edge.a2a import A2AUnit
from shared.edge.cards import SkillSpec, agent_card
from shared.edge.manifest import Manifest
from shared.edge.turn import Turn
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.principal import current_principal
from shared.wire.planning import Planning, planning_meta


class Whoami(BaseModel):
    subject: str
    tenant: str


class Echo(BaseModel):
    text: str


class Hold:
    """Lets a test watch a handler that waits: it says when it began, and whether it was cancelled."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def wait(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


def sample_server(hold: Hold | None = None) -> MCPServer[Any]:
    """Return an MCP server with a tool for each way a call can go."""
    mcp = MCPServer[Any](name="sample", title="Sample", instructions="For tests.", version="1.0.0")

    @mcp.tool(meta=planning_meta(risk="read"))
    async def whoami() -> Whoami:
        """Say who calls."""
        caller = current_principal()
        return Whoami(subject=caller.subject, tenant=caller.tenant)

    @mcp.tool(meta=planning_meta(risk="read"))
    async def repeat(
        text: Annotated[str, Field(description="What to repeat")],
        times: Annotated[int, Field(description="How often", ge=1)] = 1,
    ) -> Echo:
        """Repeat a text."""
        return Echo(text=text * times)

    @mcp.tool(meta=planning_meta(risk="read"))
    async def count_to(
        number: Annotated[int, Field(description="Where to stop")], ctx: Context[Any, Any]
    ) -> list[int]:
        """Count, telling each number."""
        for reached in range(1, number + 1):
            await ctx.report_progress(reached, number, f"at {reached}")
        return list(range(1, number + 1))

    @mcp.tool(meta=planning_meta(risk="read"))
    async def look_up(id: Annotated[str, Field(description="What to look for")]) -> Echo:
        """Find nothing."""
        raise NotFound("no such thing", field="id", fix="List the things first.")

    @mcp.tool(meta=planning_meta(risk="read"))
    async def crash() -> Echo:
        """Fail in a way nobody foresaw."""
        raise RuntimeError("secret of candidate 7")

    @mcp.tool(meta=planning_meta(risk="decide"))
    async def decide() -> Echo:
        """Decide something."""
        return Echo(text="decided")

    @mcp.tool(meta=planning_meta(risk="read"))
    async def wait_for_ever() -> Echo:
        """Wait."""
        await (hold or Hold()).wait()
        return Echo(text="never")

    return mcp


class Work(BaseModel):
    text: str = ""
    steps: int = Field(default=0, ge=0)
    outcome: str = "done"


class Worked(BaseModel):
    summary: str
    subject: str
    items: list[str] = Field(default_factory=list)
    count: int = 0


SAMPLE = Manifest(name="sample", package="sample", kind="a2a", port=8999, summary="For tests")


def sample_card() -> AgentCard:
    """Return the card of the sample agent."""
    return agent_card(
        SAMPLE,
        name="Sample",
        description="For tests.",
        skills=[
            SkillSpec(
                id="work",
                name="Work",
                description="Works as told.",
                input=Work,
                output=Worked,
                planning=Planning(risk="write", requires={"text": "work.order"}, mode="background"),
            )
        ],
    )


def sample_agent(hold: Hold | None = None) -> A2AUnit:
    """Return an agent whose input says how its turn goes."""
    agent = A2AUnit(sample_card())

    @agent.skill("work")
    async def work(request: Work, turn: Turn) -> Worked:
        for step in range(1, request.steps + 1):
            await turn.progress(f"step {step}", done=step, total=request.steps)
            await turn.partial(Echo(text=f"part {step}"))
        match request.outcome:
            case "conflict":
                raise Conflict("it changed meanwhile", field="revision", fix="Read it again.")
            case "crash":
                raise RuntimeError("secret of candidate 7")
            case "wait":
                await (hold or Hold()).wait()
            case "ask":
                first = await turn.ask("Which city?", data={"options": ["Oslo", "Riga"]})
                second = await turn.ask("Which year?")
                return Worked(summary=f"{first.text or first.data['city']} {second.text}", subject="asked")
            case "large":
                return Worked(summary="large", subject="s", items=["x" * 1000] * 3000)
            case _:
                pass
        return Worked(summary=f"{request.text} done", subject=current_principal().subject, count=4326)

    return agent

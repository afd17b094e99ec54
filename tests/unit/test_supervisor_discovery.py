"""What is known of skills is kept for the tenants that work now, however many there are."""

from shared.kernel.principal import Principal, acting_as
from supervisor.discovery import MOST_TENANTS, Discovery
from tests.support.catalogue import hiring_catalogue


class CountingRegistry:
    """The registry, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def call_tool(self, unit, tool, arguments, returns, **_):
        self.asked += 1
        return returns.model_validate({"skills": [one.model_dump() for one in hiring_catalogue()]})


async def ask(discovery: Discovery, tenant: str) -> None:
    with acting_as(Principal(subject="person:ada", kind="person", tenant=tenant)):
        await discovery.skills()


async def test_a_tenant_that_works_is_not_asked_about_again():
    registry = CountingRegistry()
    discovery = Discovery(registry)
    await ask(discovery, "acme")
    await ask(discovery, "acme")
    assert registry.asked == 1


async def test_the_tenant_that_was_asked_about_longest_ago_makes_room():
    registry = CountingRegistry()
    discovery = Discovery(registry)
    for number in range(MOST_TENANTS + 1):
        await ask(discovery, f"tenant{number}")
    await ask(discovery, f"tenant{MOST_TENANTS}")
    assert registry.asked == MOST_TENANTS + 1
    await ask(discovery, "tenant0")
    assert registry.asked == MOST_TENANTS + 2

"""Questions about the talent market in a conversation: how they are asked of talent_insights, and shown."""

from supervisor.market.answering import Market as Market
from supervisor.market.following import Asked as Asked

"""Serving and calling units: MCP and A2A hosting, cards, errors on the wire, the door's place, clients."""

import os

# The A2A SDK opens some sixty spans a turn, with exception texts in them; a turn has two of our own
# instead. It reads this when it is imported.
os.environ.setdefault("OTEL_INSTRUMENTATION_A2A_SDK_ENABLED", "false")

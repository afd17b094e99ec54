"""Serving and calling units: MCP and A2A hosting, cards, errors on the wire, the door's place, clients."""

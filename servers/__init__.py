"""The catalogue: one folder per unit, each an MCP server or an A2A agent that runs alone."""

"""The door for people: AG-UI over SSE, an OpenAI-compatible endpoint, and what both share."""

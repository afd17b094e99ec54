"""Who reads passages for the core: a cross-encoder or a chat model behind vLLM, or nobody; and who words a verdict."""

"""The language model as a port, its budget, and the fallback to rules.

The adapter for OpenAI-compatible servers is in ``shared.llm.compatible``: its client takes long to import,
and only where a model is configured anybody needs it.
"""

from shared.llm.budget import Budget
from shared.llm.fallback import Answer, model_or_rules
from shared.llm.port import ChatMessage, LanguageModel, Token, Weighed

__all__ = ["Answer", "Budget", "ChatMessage", "LanguageModel", "Token", "Weighed", "model_or_rules"]

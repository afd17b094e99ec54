"""The language model as a port, its adapter for OpenAI-compatible servers, and the fallback to rules."""

from shared.llm.budget import Budget
from shared.llm.compatible import ModelSettings, OpenAICompatible, open_model
from shared.llm.fallback import Answer, model_or_rules
from shared.llm.port import ChatMessage, LanguageModel

__all__ = [
    "Answer",
    "Budget",
    "ChatMessage",
    "LanguageModel",
    "ModelSettings",
    "OpenAICompatible",
    "model_or_rules",
    "open_model",
]

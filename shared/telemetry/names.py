"""The names that spans use, and the only attributes that may leave a process.

Source: OpenTelemetry semantic conventions (general, HTTP, messaging, GenAI) and MCP's own. Ours begin
with ``hiremesh.``.
"""

GEN_AI_OPERATION = "gen_ai.operation.name"
GEN_AI_PROVIDER = "gen_ai.provider.name"
GEN_AI_AGENT = "gen_ai.agent.name"
GEN_AI_TOOL = "gen_ai.tool.name"
GEN_AI_CONVERSATION = "gen_ai.conversation.id"
GEN_AI_REQUEST_MODEL = "gen_ai.request.model"
GEN_AI_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens"
GEN_AI_REQUEST_TEMPERATURE = "gen_ai.request.temperature"
GEN_AI_RESPONSE_MODEL = "gen_ai.response.model"
GEN_AI_RESPONSE_FINISH = "gen_ai.response.finish_reasons"
GEN_AI_OUTPUT_TYPE = "gen_ai.output.type"
GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"

CHAT = "chat"
EXECUTE_TOOL = "execute_tool"
INVOKE_AGENT = "invoke_agent"

ERROR_TYPE = "error.type"
HTTP_METHOD = "http.request.method"
HTTP_STATUS = "http.response.status_code"
HTTP_ROUTE = "http.route"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
MESSAGING_SYSTEM = "messaging.system"
MESSAGING_OPERATION = "messaging.operation.name"
MESSAGING_DESTINATION = "messaging.destination.name"

RUN_ID = "hiremesh.run_id"
TENANT = "hiremesh.tenant"
STEP_ID = "hiremesh.step_id"
SKILL = "hiremesh.skill"
ATTEMPT = "hiremesh.attempt"
ENGINE = "hiremesh.engine"
ATTEMPTS = "hiremesh.llm.attempts"

ALLOWED = frozenset(
    {
        GEN_AI_OPERATION,
        GEN_AI_PROVIDER,
        GEN_AI_AGENT,
        GEN_AI_TOOL,
        GEN_AI_CONVERSATION,
        GEN_AI_REQUEST_MODEL,
        GEN_AI_REQUEST_MAX_TOKENS,
        GEN_AI_REQUEST_TEMPERATURE,
        GEN_AI_RESPONSE_MODEL,
        GEN_AI_RESPONSE_FINISH,
        GEN_AI_OUTPUT_TYPE,
        GEN_AI_INPUT_TOKENS,
        GEN_AI_OUTPUT_TOKENS,
        ERROR_TYPE,
        HTTP_METHOD,
        HTTP_STATUS,
        HTTP_ROUTE,
        SERVER_ADDRESS,
        SERVER_PORT,
        MESSAGING_SYSTEM,
        MESSAGING_OPERATION,
        MESSAGING_DESTINATION,
        "mcp.method.name",
        "mcp.protocol.version",
        "rpc.response.status_code",
        RUN_ID,
        TENANT,
        STEP_ID,
        SKILL,
        ATTEMPT,
        ENGINE,
        ATTEMPTS,
    }
)
"""Attributes that are kept; whatever else a library sets is dropped, prompts and arguments above all."""

PLUMBING = ("a2a.",)
"""Name beginnings of spans inside a library: they are left out, and what is below them moves up."""

PROBES = ("MCP send tools/list", "tools/list", "GET /.well-known/")
"""Name beginnings of what the registry asks every few seconds: left out, nothing is below them."""

TWICE = frozenset({"POST /mcp"})
"""Requests whose content has a span of its own: left out unless they were refused."""

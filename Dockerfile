# One image for every unit; the command says which: `hiremesh serve evaluator`.
FROM python:3.12-slim-bookworm AS build

ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /src
COPY pyproject.toml requirements.lock README.md ./
COPY agent_cards agent_cards
COPY shared shared
COPY servers servers
COPY supervisor supervisor
# The lock serves as a constraint: its versions and hashes, without the tools for development.
RUN uv venv /opt/hiremesh && uv pip install --python /opt/hiremesh/bin/python --constraint requirements.lock ".[opensearch,clickhouse]"

FROM python:3.12-slim-bookworm

RUN groupadd --gid 10001 hiremesh \
    && useradd --uid 10001 --gid hiremesh --no-create-home --home-dir /data --shell /usr/sbin/nologin hiremesh \
    && install -d -o hiremesh -g hiremesh -m 0700 /data
COPY --from=build /opt/hiremesh /opt/hiremesh
COPY --chmod=0755 supervisor/launch/ready.py /usr/local/bin/ready

ENV PATH=/opt/hiremesh/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HIREMESH_HOST=0.0.0.0 \
    HIREMESH_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["hiremesh"]
CMD ["--help"]

# The sandbox as a service, for programs in any language.
#   docker build -t leangraph-sandbox .
#   docker run --rm --network host leangraph-sandbox --port 8443
# The sandbox listens on the loopback interface only, so the container shares the network of its host (Linux).
FROM python:3.13-slim
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir '.[cli,fast]' && rm -rf /build
RUN useradd --create-home sandbox
USER sandbox
WORKDIR /home/sandbox
ENTRYPOINT ["leangraph", "sandbox"]

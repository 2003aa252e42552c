# syntax=docker/dockerfile:1
# One image per service:  docker build --target gateway -t vana-stream/gateway .
# Targets: gateway, orchestrator, broadcaster, monitoring. They run as user 1000 on a read-only root file system.
ARG BASE_IMAGE=node:24-bookworm-slim
# For machines without a network: --build-arg NPM_FLAGS=--offline, with npm's cache mounted.
ARG NPM_FLAGS=

# The package manifests alone: the layers that install packages are reused until one of these changes.
FROM ${BASE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
 && find . -depth -type d -empty -delete

FROM ${BASE_IMAGE} AS packages
WORKDIR /src
COPY --from=manifests /src ./
ENV npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false

FROM packages AS compiled
ARG NPM_FLAGS
# With the optional packages: the bundler of the chat page is one.
RUN npm ci --include=dev --include=optional --ignore-scripts ${NPM_FLAGS}
COPY tsconfig.base.json ./
COPY libs libs
COPY services services
COPY apps apps
RUN cd apps/chat && node ../../node_modules/vite/bin/vite.js build --logLevel error
RUN node node_modules/typescript/bin/tsc -b services/gateway services/orchestrator services/broadcaster services/monitoring \
 && find libs services -type f ! -path '*/dist/*' ! -name package.json -delete \
 && find libs services -type f \( -name '*.d.ts' -o -name '*.map' -o -name '*.tsbuildinfo' \) -delete \
 && find libs services -depth -type d -empty -delete

FROM packages AS gateway-packages
ARG NPM_FLAGS
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=@vana/gateway ${NPM_FLAGS}
FROM packages AS orchestrator-packages
ARG NPM_FLAGS
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=@vana/orchestrator ${NPM_FLAGS}
FROM packages AS broadcaster-packages
ARG NPM_FLAGS
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=@vana/broadcaster ${NPM_FLAGS}
FROM packages AS monitoring-packages
ARG NPM_FLAGS
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=@vana/monitoring ${NPM_FLAGS}

FROM ${BASE_IMAGE} AS runtime
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0
COPY package.json LICENSE ./
COPY --from=compiled /src/libs ./libs
USER 1000:1000
STOPSIGNAL SIGTERM
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.vendor="Vana Stream" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"

FROM runtime AS gateway
LABEL org.opencontainers.image.title="vana-stream-gateway" \
      org.opencontainers.image.description="HTTP front door: tokens, ownership, sticky routing, byte relay"
COPY --from=gateway-packages /src/node_modules ./node_modules
COPY --from=compiled /src/services/gateway ./services/gateway
COPY --from=compiled /src/apps/chat/dist ./apps/chat/dist
EXPOSE 8080
ENTRYPOINT ["node", "services/gateway/dist/main.js"]

FROM runtime AS orchestrator
LABEL org.opencontainers.image.title="vana-stream-orchestrator" \
      org.opencontainers.image.description="Runs research and publishes its events"
COPY --from=orchestrator-packages /src/node_modules ./node_modules
COPY --from=compiled /src/services/orchestrator ./services/orchestrator
# Something to be asked about out of the box; mount other documents and set RESEARCH_CORPUS to replace it.
COPY README.md ARCHITECTURE.md ./corpus/
COPY docs ./corpus/docs
ENV RESEARCH_CORPUS=/app/corpus
EXPOSE 8081
ENTRYPOINT ["node", "services/orchestrator/dist/main.js"]

FROM runtime AS broadcaster
LABEL org.opencontainers.image.title="vana-stream-broadcaster" \
      org.opencontainers.image.description="Fans events out to readers as SSE with replay"
COPY --from=broadcaster-packages /src/node_modules ./node_modules
COPY --from=compiled /src/services/broadcaster ./services/broadcaster
EXPOSE 8082
ENTRYPOINT ["node", "services/broadcaster/dist/main.js"]

FROM runtime AS monitoring
LABEL org.opencontainers.image.title="vana-stream-monitoring" \
      org.opencontainers.image.description="Health and metrics of the fleet"
COPY --from=monitoring-packages /src/node_modules ./node_modules
COPY --from=compiled /src/services/monitoring ./services/monitoring
EXPOSE 8083
ENTRYPOINT ["node", "services/monitoring/dist/main.js"]

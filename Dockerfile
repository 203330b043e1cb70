# glibc, not Alpine: Temporal's worker has no musl build.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /usher
RUN npm install --global pnpm@12.21.0
COPY . .
# Source-first: there is no build step, Node runs the TypeScript as it is. What only the command line
# and the tests need stays out of the image.
RUN --mount=type=cache,id=pnpm,target=/pnpm \
    pnpm install --prod --frozen-lockfile --store-dir /pnpm/store \
    --filter-prod "@usher/api..." --filter-prod "@usher/worker..." --filter-prod "@usher/setup..."

FROM node:24.21.0-bookworm-slim
# The worker reaches vendors over TLS, and the slim image brings no certificates.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /usher
COPY --from=build --chown=root:root /usher /usher
RUN mkdir -p /var/lib/usher && chown node:node /var/lib/usher
ENV NODE_ENV=production USHER_HOME=/var/lib/usher
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["apps/api/src/main.ts"]

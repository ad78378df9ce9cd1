# The bot in a container: no root, nothing written outside /data and /tmp.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --no-save --omit=dev --no-fund --no-audit && cp package-lock.json node_modules/.tourniquet-lock.json && npm cache clean --force
COPY LICENSE README.md CHANGELOG.md ./
COPY bin bin
COPY src src
COPY adapters adapters
COPY jobs jobs
ENV TOURNIQUET_DATA=/data NODE_ENV=production TOURNIQUET_OPERATIONS_HOST=0.0.0.0 HOST=0.0.0.0 TOURNIQUET_CONSOLE_HOST=0.0.0.0 TOURNIQUET_CONSOLE_NAME=localhost
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3978 3979 3980
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3979/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["start"]

# docker build --tag pp-db-collector .
# The default command is the daemon; docs/operating.md says what it needs: configuration, state, http.listen: 0.0.0.0:9464 with a token.

FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:26-slim
ENV NODE_ENV=production PP_DB_COLLECTOR_CONFIG=/etc/pp-db-collector/config.yaml
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY collectors collectors
RUN ln -s /app/dist/main.js /usr/local/bin/pp-db-collector && chmod +x dist/main.js \
  && mkdir -m 0700 /var/lib/pp-db-collector && chown node:node /var/lib/pp-db-collector
VOLUME /var/lib/pp-db-collector
# By its number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["pp-db-collector"]
CMD ["start"]

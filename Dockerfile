# docker build --tag pp-db-collector .
# docker run --volume ./config.yaml:/etc/pp-db-collector/config.yaml:ro --volume ./collectors:/etc/pp-db-collector/collectors:ro \
#   --volume state:/var/lib/pp-db-collector pp-db-collector run --all

FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:26-slim
ENV NODE_ENV=production PP_DB_COLLECTOR_CONFIG=/etc/pp-db-collector/config.yaml
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY collectors collectors
RUN mkdir --mode=0700 /var/lib/pp-db-collector && chown node:node /var/lib/pp-db-collector
VOLUME /var/lib/pp-db-collector
USER node
ENTRYPOINT ["node", "--max-semi-space-size=2", "/app/dist/main.js"]
CMD ["run", "--all"]

# docker build --tag pp-db-collector .
# The default command is the daemon; docs/operating.md says what it needs: configuration, state, http.listen: 0.0.0.0:9464 with a token.

# Bases are named by their digests, which are those of indexes with amd64 and arm64. This one has the Node.js of package.json.
FROM node:26.10.0-trixie-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS node
# What is taken from it beside Node.js: a library that Node.js needs, and bash for health checks. Their entries in the list of
# packages are for those who look for known vulnerabilities.
RUN set -eu; mkdir -p /parts/var/lib/dpkg/status.d; \
  for package in libatomic1 libtinfo6 bash; do \
    dpkg-query --listfiles "$package" | grep -E '/bin/bash$|/lib.*\.so\.' | xargs cp --archive --parents --target-directory /parts; \
    dpkg-query --status "$package" >"/parts/var/lib/dpkg/status.d/$package"; \
  done

FROM node AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No script of a package runs, so that nothing is downloaded beside them, such as the Node.js for development.
RUN npm ci --ignore-scripts
COPY scripts scripts
COPY src src
# What starts the program has its Node.js by its path, because the last base has no env to look for it.
RUN node scripts/build.ts && npm prune --omit=dev --ignore-scripts && node scripts/image/leave-out.ts . \
  && sed -i '1s|.*|#!/usr/local/bin/node|' dist/main.js && chmod 0755 dist/main.js \
  && mkdir -p programs state && ln -s /app/dist/main.js programs/pp-db-collector \
  && install -m 0755 scripts/image/healthcheck programs/healthcheck

# Debian's C and C++ libraries and certificates, without a package manager.
FROM gcr.io/distroless/cc-debian13:nonroot@sha256:54df941ed0d06a1bd95ef5e0ce391fd8d9f94b64782dc9a60062727849ee3f97
LABEL org.opencontainers.image.title="pp-db-collector" \
  org.opencontainers.image.description="Collects SQL query results on a schedule and delivers them to the write API of the Performance Platform" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production PP_DB_COLLECTOR_CONFIG=/etc/pp-db-collector/config.yaml
COPY --from=node /parts/ /
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/node_modules /app/node_modules
COPY --from=build /build/dist /app/dist
COPY package.json LICENSE /app/
COPY collectors /app/collectors
COPY dashboards /app/dashboards
COPY docs/operating/alerts.yaml /app/docs/operating/alerts.yaml
COPY --from=build /build/programs/ /usr/local/bin/
# No VOLUME: a run that needs no state of its own would leave a volume behind each time.
COPY --from=build --chown=1000:1000 --chmod=0700 /build/state /var/lib/pp-db-collector
WORKDIR /app
# By its number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 9464
ENTRYPOINT ["pp-db-collector"]
CMD ["start"]

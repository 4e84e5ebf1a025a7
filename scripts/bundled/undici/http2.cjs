// What undici makes of node:http2 where there is none.
exports.constants = {};

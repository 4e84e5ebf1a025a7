// What undici's client wants to know of node:http: how long headers may be, and a class of which nothing here is one.
exports.maxHeaderSize = 16_384;
exports.IncomingMessage = class {};

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiError } from './refusal.ts';

/** Requests that Node would answer by itself, with nothing in the answer that says why. */
export function answerUnusual(app: FastifyInstance): void {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void app.server.emit('request', request, response);
  app.server.on('checkContinue', answer).on('checkExpectation', answer);
  app.addHook('onRequest', async (request) => {
    const { httpVersion, headers } = request.raw;
    if (httpVersion === '1.1' && headers.host === undefined)
      throw apiError(400, 'Expected header: Host, with the name of the server.');
    if (headers.expect !== undefined && !expectsContinue(request))
      throw apiError(417, 'The only expectation that can be met is 100-continue.');
  });
  // Not before it is known that the body will be read: whoever asks first need not send it in vain.
  app.addHook('preParsing', async (request, reply) => {
    if (expectsContinue(request)) reply.raw.writeContinue();
  });
}

const expectsContinue = ({ headers }: FastifyRequest): boolean =>
  /^\s*100-continue\s*$/i.test(headers.expect ?? '');

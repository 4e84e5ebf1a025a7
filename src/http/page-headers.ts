import type { FastifyHelmetOptions } from '@fastify/helmet';

/** What browsers are told with every page: nothing but its own styles, pictures and forms counts. */
export const PAGE_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
    },
  },
  // Others learn nothing; but with no-referrer browsers would hide from us, too, which site a form was sent from.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  // It is for whoever adds TLS to say so.
  strictTransportSecurity: false,
  // Over plain HTTP browsers only complain of these; they are about scripts, which pages have none of.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
};

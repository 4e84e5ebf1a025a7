import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Smaller bodies are not worth the work. */
const LARGEST_UNCOMPRESSED = 2_048;

/** A body as it is sent, and sent again. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

export const EMPTY_LIST: RequestBody = { bytes: Buffer.from('[]'), compressed: false };

/** The body for some JSON: compressed when that is wanted and worth it. */
export async function packBody(json: Buffer, gzipWanted: boolean): Promise<RequestBody> {
  if (!gzipWanted || json.length <= LARGEST_UNCOMPRESSED) return { bytes: json, compressed: false };
  return { bytes: await compress(json, { level: constants.Z_BEST_SPEED }), compressed: true };
}

import { type AddressInfo, createServer } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Accounting, Conversation, countBraces } from './conversation.ts';

/** The sink's process: tells its port, then answers `{ latency }` and `'take'` of its parent. */
const accounting: Accounting = { counts: { requests: 0, records: 0, bytes: 0 }, compressed: [], latency: 0 };

const server = createServer({ noDelay: true }, (socket) => new Conversation(socket, accounting));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

process.on('message', (message: 'take' | { readonly latency: number }) => {
  if (message !== 'take') {
    accounting.latency = message.latency;
    process.send?.('set');
    return;
  }
  const { counts, compressed } = accounting;
  for (const body of compressed.splice(0)) counts.records += countBraces(gunzipSync(body));
  process.send?.({ ...counts });
  Object.assign(counts, { requests: 0, records: 0, bytes: 0 });
});
process.on('disconnect', () => process.exit());

import { openPlace, readPage } from './page.ts';

/** `first-page.ts PLACE`: a process that has nothing in memory; tells the milliseconds that a page takes it. */

const [place = ''] = process.argv.slice(2);
const store = await openPlace(place);
const start = performance.now();
await readPage(store);
process.stdout.write(String(performance.now() - start));
await store.close();

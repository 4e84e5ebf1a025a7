import type { WriteApiFile } from '../../config/schema/write-api-schema.ts';
import { openPostgresqlStore } from './postgresql/store.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The store that `storage` names. Throws StoreError when it cannot be used. @param hasReaders whether dashboards read it */
export async function openStore(storage: WriteApiFile['storage'], hasReaders: boolean): Promise<Store> {
  if ('url' in storage) return await openPostgresqlStore(storage.url.reveal());
  return openSqliteStore(storage.file, hasReaders);
}

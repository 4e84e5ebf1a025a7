import type { WriteApiFile } from '../../config/schema/write-api-schema.ts';
import { openPostgresqlStore } from './postgresql/store.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The store that `storage` names. Throws StoreError when it cannot be used. */
export async function openStore(storage: WriteApiFile['storage']): Promise<Store> {
  return 'file' in storage ? openSqliteStore(storage.file) : openPostgresqlStore(storage.url.reveal());
}

import { expect, onTestFinished, test } from 'vitest';
import { startPostgresql } from '../support/private-postgresql.ts';
import { openPlace } from './open-place.ts';

test('a server that takes encrypted connections only is told from a wrong password, with what to write', async () => {
  const server = await startPostgresql({
    files: {
      'pg_hba.conf':
        'host all postgres 127.0.0.1/32 trust\nhostssl all only_encrypted 127.0.0.1/32 trust\n' +
        'host all with_password 127.0.0.1/32 scram-sha-256\n',
    },
  });
  onTestFinished(() => server.stop());
  const openedAs = (user: string) => {
    const url = new URL(server.url);
    [url.username, url.password] = [user, 'wrong'];
    return openPlace(url.href);
  };
  await expect(openedAs('only_encrypted')).rejects.toMatchObject({
    message: expect.stringMatching(/the server lets no connection in that is not encrypted$/),
    remedy: expect.stringMatching(/^Put \?sslmode=require at the end of state\.url/),
  });
  await expect(openedAs('with_password')).rejects.toThrow('the server refuses the user or the password');
});

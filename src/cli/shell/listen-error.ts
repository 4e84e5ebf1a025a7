/** An address where something should listen cannot be had. */
export class ListenError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  /** @param remedy what to do instead */
  constructor({ host, port }: ListenAddress, error: unknown, remedy: string) {
    const at = `${shownHost(host)}:${port}`;
    const { code } = error as NodeJS.ErrnoException;
    super(code === 'EADDRINUSE' ? `${at} is in use by another process` : `cannot listen at ${at}: ${code}`);
    this.name = 'ListenError';
    this.remedy = remedy;
  }
}

interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** As it stands in a URL. */
export const shownHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

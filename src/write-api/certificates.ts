import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { WriteApiError } from './write-api-error.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Trusts the authorities of Node, those of the system and those of a file with PEM. Throws a WriteApiError for a file
 * that cannot be read or holds no certificate. The context is made at the first connection: it costs some time to read
 * all authorities.
 */
export function trustingFile(caFile: string): () => SecureContext {
  const ca = authoritiesWith(caFile);
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext({ ca });
    return context;
  };
}

/** The certificate authorities to trust, as PEM. */
export function authoritiesWith(caFile: string): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system'), ...readCertificates(caFile)];
}

function readCertificates(file: string): string[] {
  const certificates = readText(file).match(CERTIFICATE) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return certificates;
  throw invalid(`The ca_file ${file} does not hold certificates in PEM format.`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw invalid(`The ca_file ${file} cannot be read${code}.`);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function invalid(message: string): WriteApiError {
  return new WriteApiError(message, {
    kind: 'invalid-options',
    side: 'config',
    remedy: 'Point ca_file to a PEM file with the certificate of the authority that the write host uses.',
  });
}

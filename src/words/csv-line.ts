/** A line of a table by RFC 4180. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;

/**
 * A text for a cell that spreadsheets show and do not calculate: they take what begins with these signs for a formula, whoever
 * wrote it. A number is one whatever its sign.
 */
export const plainCell = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !/^[-+]?[\d.,]+%?$/.test(text) ? `'${text}` : text;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** From the most talkative to the most silent. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

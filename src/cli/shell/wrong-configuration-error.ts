/** The configuration is wrong; its mistakes have been told. */
export class WrongConfigurationError extends Error {
  constructor() {
    super('the configuration is wrong');
    this.name = 'WrongConfigurationError';
  }
}

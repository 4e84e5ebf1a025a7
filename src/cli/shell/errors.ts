/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

/** The configuration is wrong; its mistakes have been told. */
export class WrongConfigurationError extends Error {
  constructor() {
    super('the configuration is wrong');
    this.name = 'WrongConfigurationError';
  }
}

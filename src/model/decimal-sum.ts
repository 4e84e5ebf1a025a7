/** Up to here numbers and their sum with one of at most fifteen digits are whole. */
const MOST = 2 ** 52;
/** Of digits that a double keeps whatever they are. */
export const SAFE_DIGITS = 15;
const POWERS = Array.from({ length: SAFE_DIGITS + 1 }, (_, scale) => 10 ** scale);
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** An exact sum of decimal numbers. What has few digits is added as a number, and only now and then as a BigInt. */
export class DecimalSum {
  /** Both in units of ten to the power of minus `#scale`. */
  #few = 0;
  #many = 0n;
  #scale = 0;

  /** Adds a whole number of at most fifteen digits, or a sum of such up to `MOST`, in units of ten to the power of minus `scale`. */
  add(unscaled: number, scale: number): void {
    if (scale !== this.#scale) {
      this.#addScaled(unscaled, scale);
      return;
    }
    this.#few += unscaled;
    if (this.#few > MOST || this.#few < -MOST) this.#gather();
  }

  /** Adds a number as JSON writes it. Throws a RangeError for what is none. */
  addText(text: string, sign: 1 | -1 = 1): void {
    const match = NUMBER.exec(text);
    if (match === null) throw new RangeError(`${text} is not a number`);
    const [, minus, whole = '', fraction = '', exponent = '0'] = match;
    const scale = fraction.length - Number(exponent);
    const factor = minus === '-' ? -sign : sign;
    const digits = whole + fraction;
    if (scale === fraction.length && digits.length <= SAFE_DIGITS) this.add(Number(digits) * factor, scale);
    else if (scale >= 0) this.#addMany(BigInt(digits) * BigInt(factor), scale);
    else this.#addMany(BigInt(digits) * BigInt(factor) * 10n ** BigInt(-scale), 0);
  }

  addSum(other: DecimalSum): void {
    this.add(other.#few, other.#scale);
    if (other.#many !== 0n) this.#addMany(other.#many, other.#scale);
  }

  /** The sum as decimal text, without needless zeros. */
  get text(): string {
    this.#gather();
    const isNegative = this.#many < 0n;
    const digits = String(isNegative ? -this.#many : this.#many).padStart(this.#scale + 1, '0');
    const point = digits.length - this.#scale;
    const fraction = digits.slice(point).replace(/0+$/, '');
    return `${isNegative ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
  }

  #addScaled(unscaled: number, scale: number): void {
    const raised = unscaled * (POWERS[this.#scale - scale] ?? Number.NaN);
    if (Math.abs(raised) <= MOST) this.add(raised, this.#scale);
    else this.#addMany(BigInt(unscaled), scale);
  }

  #addMany(unscaled: bigint, scale: number): void {
    this.#gather();
    if (scale > this.#scale) {
      this.#many *= 10n ** BigInt(scale - this.#scale);
      this.#scale = scale;
    }
    this.#many += unscaled * 10n ** BigInt(this.#scale - scale);
  }

  #gather(): void {
    this.#many += BigInt(this.#few);
    this.#few = 0;
  }
}

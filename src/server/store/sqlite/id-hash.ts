/**
 * Where an id stands among all ids: a whole number from 0 to 2^53 − 1, evenly spread. It is kept in files, so it never
 * changes. Two ids may have the same one; who forges such ids makes the writes of their own data set slow, and no more.
 */
export function hashOf(id: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < id.length; index++) {
    const unit = id.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ unit, 0x85ebca6b);
  }
  return (spread(high ^ low) >>> 11) * 2 ** 32 + spread(low ^ id.length);
}

/** Every bit of the result depends on every bit of the word. */
function spread(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

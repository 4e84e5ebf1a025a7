import stringWidth from 'string-width';

/** How many columns of a terminal a text takes: colours none, wide characters two. */
export const widthOf = (text: string): number => stringWidth(text);

/** The beginning of a text without colours that takes at most so many columns. @param end stands where some is cut off */
export function cut(text: string, columns: number, end = '…'): string {
  if (widthOf(text) <= columns) return text;
  let [kept, room] = ['', columns - widthOf(end)];
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}${end}`;
}

/** A key and its value in the JSON of a record, which is flat and without white space. */
export const PAIR = /"([^"\\]+)":("(?:[^"\\]|\\.)*"|[^,}]+)/g;

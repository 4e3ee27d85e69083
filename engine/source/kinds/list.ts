import { defineSource } from '../source.ts'
import { parseLines } from './lines.ts'

/** One URL a line; blank lines and lines that begin with `#` do not count. What nothing else claims is a list. */
export const list = defineSource({
  kind: 'list',
  extensions: ['txt', 'text', 'list', 'urls', 'lst'],
  rangeFormat: 'list',
  recognise: () => null,
  parse: (input, sink) => parseLines(input, { format: 'list', field: null }, sink),
})

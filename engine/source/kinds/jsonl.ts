import { defineSource } from '../source.ts'
import { parseLines } from './lines.ts'

/** One JSON object a line, the URL in one member. */
export const jsonl = defineSource({
  kind: 'jsonl',
  extensions: ['jsonl', 'ndjson', 'json'],
  rangeFormat: 'jsonl',
  recognise: head => (beginsWithObject(head) ? 'its first line is a JSON object' : null),
  parse: (input, sink) => parseLines(input, { format: 'jsonl', field: input.options.field }, sink),
})

function beginsWithObject(head: string): boolean {
  if (!head.startsWith('{')) return false
  const line = /^[^\r\n]*/.exec(head)?.[0] ?? ''
  try {
    // Latin-1 instead of UTF-8 changes what texts say, not whether they are JSON.
    return typeof JSON.parse(line) === 'object'
  } catch {
    // A longer first line than was looked at: the rest of the file tells.
    return line.length === head.length && /^\{\s*"/.test(line)
  }
}

import { defineFields, type OptionsOf } from '../field.ts'

export const LOAD_FORMATS = ['auto', 'lines', 'csv', 'tsv', 'jsonl', 'rejects'] as const
export type LoadFormat = Exclude<(typeof LOAD_FORMATS)[number], 'auto'>

export const ENCODINGS = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'gb18030'] as const
/** `gbk` and `gb2312` are read as GB18030, which contains them. */
export type EncodingName = Exclude<(typeof ENCODINGS)[number], 'auto'>

export const LOAD_COMMANDS = ['set', 'hset', 'rpush', 'sadd', 'zadd', 'xadd', 'json.set', 'incrby'] as const
export type LoadCommand = (typeof LOAD_COMMANDS)[number]

export const loadFields = defineFields({
  /** A destination without password; `null` is `sqlite:<name of the first input>.db`. */
  to: { type: 'text', flag: 'to', maxLength: 4_096, default: null, level: 1, group: 'work' },
  format: { type: 'choice', flag: 'format', choices: LOAD_FORMATS, default: 'auto', level: 1, group: 'work' },
  encoding: {
    type: 'choice',
    flag: 'encoding',
    choices: ENCODINGS,
    default: 'auto',
    level: 2,
    group: 'work',
  },
  /** `null` is `{index}`. */
  key: { type: 'text', flag: 'key', maxLength: 8_192, default: null, level: 1, group: 'work' },
  /** `null` is `{line}`, or every field where the destination has room for them. */
  value: { type: 'text', flag: 'value', maxLength: 8_192, default: null, level: 1, group: 'work' },
  trim: { type: 'boolean', flag: 'trim', default: true, level: 2, group: 'work' },
  command: {
    type: 'choice',
    flag: 'command',
    choices: LOAD_COMMANDS,
    default: 'set',
    level: 1,
    group: 'work',
  },
  /** Only for `zadd`, which needs it. */
  score: { type: 'text', flag: 'score', maxLength: 8_192, default: null, level: 2, group: 'work' },
  /** Most records of a batch; `null` lets the destination decide. */
  batch: { type: 'integer', flag: 'batch', min: 1, max: 100_000, default: null, level: 2, group: 'limits' },
  /** `N` or `P%`, judged after 10,000 records and at the end. */
  maxRejects: { type: 'text', flag: 'max-rejects', maxLength: 32, default: '1%', level: 2, group: 'limits' },
  invalidBytes: {
    type: 'choice',
    flag: 'invalid-bytes',
    choices: ['reject', 'keep'],
    default: 'reject',
    level: 3,
    group: 'work',
  },
  dryRun: { type: 'boolean', flag: 'dry-run', default: false, level: 2, group: 'result' },
  verify: { type: 'boolean', flag: 'verify', default: false, level: 2, group: 'result' },
  spool: { type: 'boolean', flag: 'spool', default: false, level: 3, group: 'work' },
})

export type LoadOptions = OptionsOf<typeof loadFields>

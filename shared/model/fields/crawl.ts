import { defineFields, type OptionsOf } from '../field.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const MEBIBYTE = 2 ** 20

export const EXTRACTS = ['title', 'links', 'meta', 'hash'] as const

export const crawlFields = defineFields({
  column: { type: 'text', flag: 'column', maxLength: 1_000, default: null, level: 2, group: 'work' },
  field: { type: 'text', flag: 'field', maxLength: 1_000, default: null, level: 2, group: 'work' },
  unique: { type: 'boolean', flag: 'unique', default: false, level: 2, group: 'work' },
  spool: { type: 'boolean', flag: 'spool', default: false, level: 3, group: 'work' },
  method: {
    type: 'choice',
    flag: 'method',
    choices: ['GET', 'HEAD'],
    default: 'GET',
    level: 2,
    group: 'request',
  },
  headers: {
    type: 'texts',
    flag: 'header',
    maxLength: 8_192,
    default: [],
    level: 2,
    group: 'request',
    permission: true,
  },
  userAgent: {
    type: 'text',
    flag: 'user-agent',
    maxLength: 1_000,
    default: null,
    level: 2,
    group: 'request',
  },
  okStatus: {
    type: 'text',
    flag: 'ok-status',
    maxLength: 200,
    default: '200-399',
    level: 2,
    group: 'result',
  },
  timeoutMs: {
    type: 'duration',
    flag: 'timeout',
    min: 1,
    max: HOUR_MS,
    default: MINUTE_MS,
    level: 2,
    group: 'limits',
  },
  retries: { type: 'integer', flag: 'retries', min: 0, max: 20, default: 2, level: 2, group: 'limits' },
  maxBodyBytes: {
    type: 'size',
    flag: 'max-body',
    min: 0,
    max: 2 ** 40,
    default: 32 * MEBIBYTE,
    level: 2,
    group: 'limits',
  },
  perHost: {
    type: 'integer',
    flag: 'per-host',
    min: 1,
    max: 65_535,
    default: null,
    level: 2,
    group: 'politeness',
  },
  ratePerSec: {
    type: 'number',
    flag: 'rate',
    min: 0.001,
    max: 1_000_000,
    default: null,
    level: 2,
    group: 'politeness',
  },
  delayMs: {
    type: 'duration',
    flag: 'delay',
    min: 0,
    max: HOUR_MS,
    default: 0,
    level: 2,
    group: 'politeness',
  },
  robots: { type: 'tristate', flag: 'robots', default: null, level: 2, group: 'politeness' },
  extract: { type: 'choices', flag: 'extract', choices: EXTRACTS, default: [], level: 2, group: 'extract' },
  privateNetwork: {
    type: 'boolean',
    flag: 'private-network',
    default: false,
    level: 3,
    group: 'politeness',
    permission: true,
  },
  insecure: {
    type: 'boolean',
    flag: 'insecure',
    default: false,
    level: 3,
    group: 'politeness',
    permission: true,
  },
})

export type CrawlOptions = OptionsOf<typeof crawlFields>

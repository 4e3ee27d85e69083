import { JobError } from './error.ts'
import { cpuFields } from './fields/cpu.ts'
import { crawlFields } from './fields/crawl.ts'
import { loadFields } from './fields/load.ts'
import { permissionKeysOf } from './field-schema.ts'
import type { Fields } from './field.ts'
import { optionsOf, type JobKind, type JobSpec } from './job.ts'
import { parseJob } from './job-schema.ts'
import { keptJob } from './kept-job.ts'
import { parseTarget } from './load-target.ts'
import { pathText } from './schema-issue.ts'

/** Bounds of a job file, checked before anything is built from it. */
export const JOB_FILE_BYTES = 2 ** 20
export const JOB_FILE_DEPTH = 200

const FIELDS_OF_KIND: Readonly<Record<JobKind, Fields>> = {
  crawl: crawlFields,
  load: loadFields,
  cpu: cpuFields,
}

/** What decides where results go or what a run may do: never from a file that someone else may have written. */
const GIVEN_AT_RUN: Readonly<Record<string, string>> = {
  out: '--out',
  outMode: '--force or --append',
  allowFailures: '--allow-failures',
  asserts: '--assert',
  patienceMs: '--patience',
  rejects: '--rejects',
  dataDir: '--data-dir',
}

/**
 * Reads a job file (`.ilv.json`). Output paths and permissions are refused: whoever runs it gives them at the run.
 *
 * @throws JobError `E_CONFIG` with the JSON path and what was expected there, and nothing else.
 */
export function parseJobText(text: string): JobSpec {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (isLargerThan(body, JOB_FILE_BYTES)) throw refused(`is larger than 1 MiB (${JOB_FILE_BYTES} bytes)`)
  if (depthOf(body) > JOB_FILE_DEPTH) throw refused(`is nested deeper than ${JOB_FILE_DEPTH} levels`)
  const value = parsedJson(body)
  refuseKeys(value)
  const job = parseJob(value)
  refusePassword(job)
  return job
}

/** @returns The text of a job file, permissions left out; {@link parseJobText} reads it back. */
export function jobToText(job: JobSpec): string {
  const dropped = permissionKeysOf(FIELDS_OF_KIND[job.kind])
  const bare = keptJob(job)
  const kept = Object.fromEntries(Object.entries(optionsOf(bare)).filter(([key]) => !dropped.includes(key)))
  return `${JSON.stringify({ ...bare, [job.kind]: kept }, null, 2)}\n`
}

/** A destination that is none is refused as well, before anything is started. */
function refusePassword(job: JobSpec): void {
  if (job.kind !== 'load' || job.load.to === null) return
  const { password } = parseTarget(job.load.to)
  if (password !== null) {
    throw refused(
      'holds a password in $.load.to, which is never taken from a file: take it out and give INTERLEAVE_REDIS_PASSWORD or --password-file at the run',
    )
  }
}

const refused = (reason: string): JobError => new JobError('E_CONFIG', `job file ${reason}`)

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new JobError('E_CONFIG', `job file is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** True when `text` takes more than `bytes` in UTF-8; stops counting there. */
function isLargerThan(text: string, bytes: number): boolean {
  if (text.length > bytes) return true
  let counted = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    counted += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return counted > bytes
}

/** Deepest nesting of brackets outside strings; also of text that is not JSON. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at += 1
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1))
    else if (character === '}' || character === ']') depth -= 1
  }
  return deepest
}

/** Refuses `__proto__` anywhere, and what is given at the run, each with a sentence of its own. */
function refuseKeys(root: unknown): void {
  refuseGivenAtRun(root)
  const open: { readonly value: unknown; readonly path: readonly (string | number)[] }[] = [
    { value: root, path: [] },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (typeof value !== 'object' || value === null) continue
    if (Object.hasOwn(value, '__proto__')) throw refused(`holds the key ${pathText([...path, '__proto__'])}`)
    for (const [key, inner] of Object.entries(value)) {
      open.push({ value: inner, path: [...path, Array.isArray(value) ? Number(key) : key] })
    }
  }
}

function refuseGivenAtRun(root: unknown): void {
  if (typeof root !== 'object' || root === null) return
  for (const [key, flag] of Object.entries(GIVEN_AT_RUN)) {
    if (Object.hasOwn(root, key)) throw givenAtRun(pathText([key]), flag)
  }
  for (const [kind, fields] of Object.entries(FIELDS_OF_KIND)) {
    const options = (root as Record<string, unknown>)[kind]
    if (typeof options !== 'object' || options === null) continue
    for (const key of permissionKeysOf(fields)) {
      if (Object.hasOwn(options, key)) throw givenAtRun(pathText([kind, key]), `--${fields[key]?.flag}`)
    }
  }
}

const givenAtRun = (path: string, flag: string): JobError =>
  refused(`holds ${path}, which is never taken from a file: take it out and give ${flag} at the run`)
